-- The same work as `tierbook score`, as one hand-written set of DuckDB statements.
-- Uses what DuckDB offers (FILTER, QUANTILE_CONT, ordered aggregates, window functions), unlike our own steps,
-- which keep to what every engine understands. rival_duckdb.py fills in {folder}, {as_of} and {out}.

SET preserve_insertion_order = false;
SET VARIABLE as_of = DATE '{as_of}';
SET VARIABLE d30 = getvariable('as_of') - 30;
SET VARIABLE d90 = getvariable('as_of') - 90;
SET VARIABLE m6 = CAST(getvariable('as_of') - INTERVAL 6 MONTH AS DATE);
SET VARIABLE m12 = CAST(getvariable('as_of') - INTERVAL 12 MONTH AS DATE);

-- Facts, good rows only -------------------------------------------------------------------------------------------

CREATE TEMP VIEW raw_orders AS SELECT *, CASE
    WHEN customer_id IS NULL THEN 'no_customer' WHEN date IS NULL THEN 'no_date'
    WHEN date > getvariable('as_of') THEN 'future' WHEN amount IS NULL THEN 'no_amount' END AS reason
  FROM '{folder}/orders.parquet';
CREATE TEMP VIEW raw_interactions AS SELECT *, CASE
    WHEN customer_id IS NULL THEN 'no_customer' WHEN date IS NULL THEN 'no_date'
    WHEN date > getvariable('as_of') THEN 'future' END AS reason
  FROM '{folder}/interactions.parquet';
CREATE TEMP VIEW raw_feedback AS SELECT *, CASE
    WHEN customer_id IS NULL THEN 'no_customer' WHEN date IS NULL THEN 'no_date'
    WHEN date > getvariable('as_of') THEN 'future' END AS reason
  FROM '{folder}/feedback.parquet';

CREATE TEMP TABLE orders AS
SELECT customer_id, order_id, date, CAST(ROUND(amount * 100) AS BIGINT) AS cents, category, new_product
FROM raw_orders WHERE reason IS NULL;

CREATE TEMP TABLE interactions AS
SELECT customer_id, interaction_id, date, channel, kind, topic FROM raw_interactions WHERE reason IS NULL;

CREATE TEMP TABLE feedback AS
SELECT customer_id, feedback_id, date, kind, score, status FROM raw_feedback WHERE reason IS NULL;

CREATE TEMP TABLE account AS
SELECT 'orders' AS "table", COALESCE(reason, 'kept') AS reason, COUNT(*) AS n FROM raw_orders GROUP BY ALL
UNION ALL SELECT 'interactions', COALESCE(reason, 'kept'), COUNT(*) FROM raw_interactions GROUP BY ALL
UNION ALL SELECT 'feedback', COALESCE(reason, 'kept'), COUNT(*) FROM raw_feedback GROUP BY ALL
UNION ALL SELECT 'orders', 'zero_amount', COUNT(*) FROM raw_orders WHERE reason IS NULL AND amount = 0
UNION ALL SELECT 'orders', 'identical_line', COALESCE(SUM(n - 1), 0)
  FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id, order_id, date, cents, category, new_product)
UNION ALL SELECT 'interactions', 'duplicate_row', COUNT(*) - COUNT(DISTINCT interaction_id) FROM interactions
UNION ALL SELECT 'feedback', 'duplicate_row', COUNT(*) - COUNT(DISTINCT feedback_id) FROM feedback
UNION ALL SELECT 'orders', 'unknown_customer', COUNT(*)
  FROM (SELECT DISTINCT customer_id FROM orders) ANTI JOIN '{folder}/customers.parquet' USING (customer_id)
UNION ALL SELECT 'interactions', 'unknown_customer', COUNT(*)
  FROM (SELECT DISTINCT customer_id FROM interactions) ANTI JOIN '{folder}/customers.parquet' USING (customer_id)
UNION ALL SELECT 'feedback', 'unknown_customer', COUNT(*)
  FROM (SELECT DISTINCT customer_id FROM feedback) ANTI JOIN '{folder}/customers.parquet' USING (customer_id)
UNION ALL SELECT 'interactions', 'unknown_choice', COUNT(*) FILTER (
    channel NOT IN ('电话', '在线', '邮件', '会议', '网站', '社交')
    OR kind NOT IN ('回访', '咨询', '浏览', '点击', '加购', '弃购', '培训', '分享', '活动')
    OR topic NOT IN ('产品使用', '售后维修', '合作咨询')) FROM interactions
UNION ALL SELECT 'feedback', 'unknown_choice', COUNT(*) FILTER (
    kind NOT IN ('NPS', '满意度', '投诉', '建议') OR status NOT IN ('处理中', '已解决')) FROM feedback;

-- Indicators; quotients to six decimals, as the model keeps them --------------------------------------------------

CREATE TEMP TABLE order_counts AS
SELECT customer_id, COUNT(*) AS orders_all,
  COUNT(*) FILTER (date > getvariable('d30')) AS orders_30d,
  COUNT(*) FILTER (date > getvariable('d90')) AS orders_90d,
  COUNT(*) FILTER (date > getvariable('m6')) AS orders_6m,
  COUNT(*) FILTER (date > getvariable('m12')) AS orders_12m,
  COUNT(*) FILTER (new_product = 1 AND date > getvariable('m12')) AS new_product_12m,
  COUNT(DISTINCT date) AS purchase_days, MIN(date) AS first_date, MAX(date) AS last_date,
  MIN(date) FILTER (date > getvariable('d90')) - MAX(date) FILTER (date <= getvariable('d90')) AS return_gap_days
FROM (
  SELECT customer_id, order_id, MIN(date) AS date, MAX(new_product) AS new_product
  FROM orders WHERE cents >= 0 GROUP BY customer_id, order_id
) GROUP BY customer_id;

CREATE TEMP TABLE order_money AS
SELECT customer_id, SUM(cents)::BIGINT AS amount_all,
  COALESCE(SUM(cents) FILTER (date > getvariable('m6')), 0)::BIGINT AS amount_6m,
  COALESCE(SUM(cents) FILTER (date > getvariable('m12')), 0)::BIGINT AS amount_12m
FROM orders GROUP BY customer_id;

CREATE TEMP TABLE histories AS
SELECT customer_id, purchase_days - 1 AS x, last_date - first_date AS t_x, getvariable('as_of') - first_date AS t,
  amount_all / 100 AS spent, (amount_all - first_cents) / 100 AS later
FROM order_counts JOIN order_money USING (customer_id) JOIN (
  SELECT customer_id, SUM(cents) AS first_cents FROM orders JOIN order_counts USING (customer_id)
  WHERE date <= first_date GROUP BY customer_id
) USING (customer_id);

-- here rival_duckdb.py puts the table lifetimes, from histories

CREATE TEMP TABLE categories AS
SELECT customer_id, COUNT(*) AS categories_12m, FIRST(category ORDER BY cents DESC, category) AS top_category
FROM (
  SELECT customer_id, category, SUM(cents) AS cents FROM orders
  WHERE date > getvariable('m12') GROUP BY customer_id, category HAVING MAX(cents) >= 0
) GROUP BY customer_id;

CREATE TEMP TABLE contacts AS
SELECT customer_id,
  COUNT(*) FILTER (date > getvariable('d90')) AS interactions_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '电话') AS interactions_phone_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '在线') AS interactions_online_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '邮件') AS interactions_mail_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '会议') AS interactions_meeting_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '网站') AS interactions_website_90d,
  COUNT(*) FILTER (date > getvariable('d90') AND channel = '社交') AS interactions_social_90d,
  COUNT(*) FILTER (kind = '回访') AS visits_12m, COUNT(*) FILTER (kind = '培训') AS trainings_12m,
  COUNT(*) FILTER (kind = '分享') AS shares,
  COUNT(*) FILTER (kind = '弃购') AS abandons, COUNT(*) FILTER (kind = '加购') AS carts,
  COUNT(*) FILTER (kind IN ('浏览', '点击') AND date > getvariable('d90'))
    / NULLIF(COUNT(DISTINCT date) FILTER (kind IN ('浏览', '点击') AND date > getvariable('d90')), 0) AS view_depth
FROM interactions WHERE date > getvariable('m12') GROUP BY customer_id;

CREATE TEMP TABLE preferred AS
SELECT customer_id, FIRST(channel ORDER BY n DESC, last DESC, list_position(['电话', '在线', '邮件'], channel)) AS channel
FROM (SELECT customer_id, channel, COUNT(*) AS n, MAX(date) AS last FROM interactions
  WHERE date > getvariable('m12') AND channel IN ('电话', '在线', '邮件') GROUP BY ALL) GROUP BY customer_id;

CREATE TEMP TABLE topics AS
SELECT customer_id,
  FIRST(topic ORDER BY n DESC, last DESC, list_position(['产品使用', '售后维修', '合作咨询'], topic)) AS topic
FROM (SELECT customer_id, topic, COUNT(*) AS n, MAX(date) AS last FROM interactions
  WHERE date > getvariable('m12') AND topic IS NOT NULL GROUP BY ALL) GROUP BY customer_id;

CREATE TEMP TABLE answers AS
SELECT customer_id,
  AVG(score) FILTER (kind = '满意度' AND date > getvariable('m12')) AS csat_mean,
  COUNT(*) FILTER (kind = '投诉' AND date > getvariable('m12')) AS complaints_12m,
  COUNT(*) FILTER (kind = '建议' AND date > getvariable('m12')) AS suggestions_12m,
  COUNT(*) FILTER (kind = '投诉' AND status = '处理中') AS open_complaints
FROM feedback GROUP BY customer_id;

CREATE TEMP TABLE latest AS
SELECT customer_id, AVG(score) FILTER (kind = 'NPS') AS nps, AVG(score) FILTER (kind = '满意度') AS csat
FROM (
  SELECT customer_id, kind, score FROM feedback WHERE kind IN ('NPS', '满意度') AND score IS NOT NULL
  QUALIFY date = MAX(date) OVER (PARTITION BY customer_id, kind)
) GROUP BY customer_id;

CREATE TEMP TABLE indicators AS
SELECT customer_id, name, owner, c.kind, industry, size, region,
  getvariable('as_of') - last_date AS recency_days, getvariable('as_of') - first_date AS tenure_days,
  COALESCE(orders_30d, 0) AS orders_30d, COALESCE(orders_90d, 0) AS orders_90d, COALESCE(orders_6m, 0) AS orders_6m,
  COALESCE(orders_12m, 0) AS orders_12m, COALESCE(orders_all, 0) AS orders_all, COALESCE(orders_all, 0) AS frequency,
  COALESCE(amount_all, 0) AS monetary, COALESCE(amount_6m, 0) AS amount_6m, COALESCE(amount_12m, 0) AS amount_12m,
  COALESCE(amount_all, 0) AS amount_all, COALESCE(amount_12m - amount_6m, 0) AS amount_prev_6m,
  ROUND(amount_all / orders_all / 100, 6) AS aov,
  ROUND((orders_12m - 1) / NULLIF(orders_12m, 0), 6) AS repurchase_rate,
  ROUND(NULLIF(last_date - first_date, 0) / NULLIF(orders_all - 1, 0), 6) AS interval_days,
  ROUND((getvariable('as_of') - last_date) * (orders_all - 1) / NULLIF(last_date - first_date, 0), 6) AS overdue_ratio,
  COALESCE(categories_12m, 0) AS categories_12m, COALESCE(new_product_12m, 0) AS new_product_12m,
  CASE WHEN amount_12m > amount_6m THEN ROUND(amount_6m / (amount_12m - amount_6m), 6) - 1 END AS growth,
  COALESCE(interactions_90d, 0) AS interactions_90d, COALESCE(interactions_phone_90d, 0) AS interactions_phone_90d,
  COALESCE(interactions_online_90d, 0) AS interactions_online_90d,
  COALESCE(interactions_mail_90d, 0) AS interactions_mail_90d,
  COALESCE(interactions_meeting_90d, 0) AS interactions_meeting_90d,
  COALESCE(interactions_website_90d, 0) AS interactions_website_90d,
  COALESCE(interactions_social_90d, 0) AS interactions_social_90d,
  COALESCE(visits_12m, 0) AS visits_12m, COALESCE(trainings_12m, 0) AS trainings_12m, ROUND(view_depth, 6) AS view_depth,
  CASE WHEN carts > 0 THEN ROUND(LEAST(abandons / carts, 1), 6) END AS cart_abandon_rate,
  ROUND(nps, 6) AS nps, ROUND(csat, 6) AS csat, ROUND(csat_mean, 6) AS csat_mean,
  COALESCE(complaints_12m, 0) AS complaints_12m,
  ROUND(COALESCE(complaints_12m, 0) / NULLIF(orders_12m, 0), 6) AS complaint_rate,
  COALESCE(suggestions_12m, 0) AS suggestions_12m, COALESCE(open_complaints, 0) AS open_complaints,
  COALESCE(shares, 0) AS shares, return_gap_days, first_date AS first_order_date, last_date AS last_order_date,
  clv, clv_low, clv_high, churn_risk, return_chance, p_alive, lifetime_basis,
  channel AS preferred_channel, topic AS top_topic, top_category
FROM (SELECT customer_id FROM '{folder}/customers.parquet' UNION SELECT customer_id FROM order_money
  UNION SELECT DISTINCT customer_id FROM interactions UNION SELECT customer_id FROM answers)
LEFT JOIN '{folder}/customers.parquet' c USING (customer_id)
LEFT JOIN order_counts USING (customer_id) LEFT JOIN order_money USING (customer_id)
LEFT JOIN categories USING (customer_id) LEFT JOIN contacts USING (customer_id)
LEFT JOIN preferred USING (customer_id) LEFT JOIN topics USING (customer_id)
LEFT JOIN answers USING (customer_id) LEFT JOIN latest USING (customer_id)
LEFT JOIN lifetimes USING (customer_id);

-- RFM -------------------------------------------------------------------------------------------------------------

SET VARIABLE edges = (SELECT {'r': QUANTILE_CONT(-recency_days, [0.2, 0.4, 0.6, 0.8]),
  'f': QUANTILE_CONT(frequency, [0.2, 0.4, 0.6, 0.8]), 'm': QUANTILE_CONT(monetary, [0.2, 0.4, 0.6, 0.8]),
  'mean_r': AVG(recency_days), 'mean_f': AVG(frequency), 'mean_m': AVG(monetary)} FROM indicators WHERE orders_all > 0);
CREATE MACRO band(value, edges) AS
  1 + (value > edges[1])::BIGINT + (value > edges[2])::BIGINT + (value > edges[3])::BIGINT + (value > edges[4])::BIGINT;

CREATE TEMP TABLE rfm AS
SELECT customer_id, band(-recency_days, getvariable('edges').r) AS r, band(frequency, getvariable('edges').f) AS f,
  band(monetary, getvariable('edges').m) AS m, r + f + m AS rfm_total,
  CASE (recency_days <= getvariable('edges').mean_r)::INT || '' || (frequency > getvariable('edges').mean_f)::INT || ''
      || (monetary > getvariable('edges').mean_m)::INT
    WHEN '111' THEN '重要价值客户' WHEN '101' THEN '重要发展客户' WHEN '011' THEN '重要保持客户'
    WHEN '001' THEN '重要挽留客户' WHEN '110' THEN '一般价值客户' WHEN '100' THEN '一般发展客户'
    WHEN '010' THEN '一般保持客户' ELSE '一般挽留客户' END AS segment
FROM indicators WHERE orders_all > 0;
SET VARIABLE totals = (SELECT QUANTILE_CONT(rfm_total, [0.2, 0.4, 0.6, 0.8]) FROM rfm);

-- Scorecards ------------------------------------------------------------------------------------------------------

CREATE MACRO linear(value, low, high) AS CASE WHEN value IS NOT NULL THEN
  GREATEST(0, LEAST(1, (value - low) / (high - low))) END;
-- Customers below plus half of those level, over customers with a value: one sort for both.
CREATE MACRO mid_rank(value) AS CASE WHEN value IS NOT NULL THEN
  (RANK() OVER (ORDER BY value NULLS LAST) - 1 + CUME_DIST() OVER (ORDER BY value NULLS LAST) * COUNT(*) OVER ())
  / 2 / COUNT(value) OVER () END;

CREATE TEMP TABLE shares AS
SELECT customer_id,
  mid_rank(amount_12m) AS amount, mid_rank(aov) AS aov, mid_rank(-recency_days) AS recent,
  mid_rank(frequency) AS frequent, mid_rank(monetary) AS money,
  CASE WHEN orders_12m >= 12 THEN 1 WHEN orders_12m >= 8 THEN 0.85 WHEN orders_12m >= 4 THEN 0.7
    WHEN orders_12m >= 2 THEN 0.5 WHEN orders_12m >= 1 THEN 0.3 ELSE 0 END AS orders,
  1 - linear(recency_days, 0, 365) AS recency, linear(tenure_days, 0, 1095) AS tenure,
  CASE WHEN interactions_90d >= 6 THEN 1 WHEN interactions_90d >= 3 THEN 0.7 WHEN interactions_90d >= 1 THEN 0.4
    ELSE 0 END AS contacts,
  CASE WHEN trainings_12m >= 2 THEN 1 WHEN trainings_12m >= 1 THEN 0.6 ELSE 0 END AS training,
  CASE WHEN trainings_12m >= 4 THEN 1 WHEN trainings_12m >= 2 THEN 0.7 WHEN trainings_12m >= 1 THEN 0.4 ELSE 0 END
    AS courses,
  linear(growth, -0.5, 0.5) AS growth, linear(growth, -0.3, 0.5) AS room,
  CASE WHEN new_product_12m > 0 THEN 1 ELSE 0 END AS new_product,
  linear(repurchase_rate, 0, 0.8) AS loyal, linear(csat, 1, 5) AS csat, linear(nps, 0, 10) AS nps,
  CASE WHEN complaints_12m <= 0 THEN 1 WHEN complaints_12m <= 1 THEN 0.5 ELSE 0 END AS calm
FROM indicators;

-- Lines with missing = zero count without data; payment, renewals, referrals and outlook were not delivered.
CREATE MACRO counts(share, weight) AS CASE WHEN share IS NOT NULL THEN weight ELSE 0 END;
CREATE TEMP TABLE scores AS
SELECT customer_id,
  ROUND(100 * (20 * amount + 12 * orders + 10 * COALESCE(recency, 0) + 5 * COALESCE(aov, 0) + 3 * COALESCE(tenure, 0)
    + 6 * contacts + 4 * training + 6 * COALESCE(growth, 0) + 4 * new_product + 6 * COALESCE(loyal, 0)
    + 6 * COALESCE(csat, 0) + 3 * calm + 2 * COALESCE(nps, 0))
    / (62 + counts(aov, 5) + counts(growth, 6) + counts(loyal, 6) + counts(csat, 6) + counts(nps, 2)), 6) AS score_general,
  (49 + counts(recency, 10) + counts(tenure, 3) + counts(aov, 5) + counts(growth, 6) + counts(loyal, 6)
    + counts(csat, 6) + counts(nps, 2)) / 100 AS coverage_general,
  ROUND(30 * COALESCE(recent, 0) + 30 * frequent + 40 * money, 6) AS score_simple,
  (70 + counts(recent, 30)) / 100 AS coverage_simple,
  ROUND(100 * (40 * amount + 20 * COALESCE(csat, 0) + 10 * courses) / (50 + counts(csat, 20)), 6) AS score_software,
  (50 + counts(csat, 20)) / 100 AS coverage_software,
  ROUND(100 * (35 * COALESCE(room, 0) + 20 * new_product + 15 * contacts) / (35 + counts(room, 35)), 6)
    AS score_potential,
  (35 + counts(room, 35)) / 100 AS coverage_potential
FROM shares;

-- Tiers, stages, tags ---------------------------------------------------------------------------------------------

SET VARIABLE usual = (SELECT {'orders': AVG(orders_6m) FILTER (orders_6m > 0), 'aov': AVG(aov), 'clv': AVG(clv)} FROM indicators);
CREATE TEMP TABLE staged AS
SELECT *, ROUND(aov / getvariable('usual').aov, 6) AS aov_ratio,
  orders_6m < 0.5 * getvariable('usual').orders AS rare, aov >= 1.5 * getvariable('usual').aov AS dear,
  industry LIKE '%制造%' AND size = '大型' AND recency_days <= 30 AS key_company,
  CASE WHEN orders_all = 0 THEN '潜在' WHEN recency_days > 365 OR (orders_all >= 2 AND return_chance < 0.05) THEN '流失'
    WHEN recency_days > 90 OR (overdue_ratio >= 2 AND orders_all >= 3) THEN '流失风险'
    WHEN return_gap_days > 365 THEN '回流'
    WHEN repurchase_rate >= 0.6 AND recency_days <= 90 AND tenure_days >= 365 THEN '忠诚'
    WHEN tenure_days <= 90 AND orders_all <= 2 THEN '新客' ELSE '活跃' END AS stage,
  CASE WHEN score_general >= 80 THEN 'VIP' WHEN score_general >= 60 OR score_potential >= 70 THEN '潜力'
    WHEN score_general >= 40 THEN '一般' ELSE '低价值' END AS tier_four
FROM indicators JOIN scores USING (customer_id) LEFT JOIN rfm USING (customer_id);

COPY (
  SELECT customer_id, name, owner, kind, industry, size, region, tier_four AS tier, score_general AS score,
    coverage_general AS coverage, r, f, m, r || '-' || f || '-' || m AS rfm, rfm_total,
    band(rfm_total, getvariable('totals')) AS rfm_grade, segment,
    CASE WHEN key_company THEN '重点企业客户' WHEN rare AND dear THEN '低频高价值' WHEN kind = '渠道' THEN '渠道伙伴' END
      AS custom_segment,
    stage,
    CONCAT_WS('、',
      CASE WHEN orders_6m >= 1.5 * getvariable('usual').orders THEN '高频' WHEN rare THEN '低频' ELSE '中频' END,
      CASE WHEN dear THEN '高客单' WHEN aov < 0.5 * getvariable('usual').aov THEN '低客单' WHEN aov IS NOT NULL THEN '中客单' END,
      CASE WHEN recency_days <= 30 THEN '近期消费' WHEN recency_days <= 90 THEN '间隔中等' WHEN recency_days > 90 THEN '久未消费' END,
      CASE WHEN repurchase_rate >= 0.6 THEN '高忠诚' WHEN repurchase_rate >= 0.3 THEN '中忠诚'
        WHEN repurchase_rate < 0.3 THEN '低忠诚' END,
      CASE WHEN new_product_12m >= 1 THEN '高增购潜力' ELSE '低增购潜力' END,
      preferred_channel, top_topic, industry, size, region, kind,
      CASE WHEN orders_6m >= 5 AND dear THEN '高价值客户' END, CASE WHEN key_company THEN '重点企业客户' END,
      CASE WHEN stage IN ('流失风险', '流失') THEN '流失风险' END,
      CASE WHEN stage = '新客' AND (score_potential >= 60 OR dear) THEN '高潜力新客' END,
      CASE WHEN churn_risk >= 0.8 AND orders_all >= 2 AND recency_days <= 365 THEN '流失概率高' END,
      CASE WHEN clv > getvariable('usual').clv THEN 'CLV高于均值' END) AS tags,
    tier_four,
    CASE WHEN score_general >= 80 THEN 'A' WHEN score_general >= 50 THEN 'B' ELSE 'C' END AS tier_abc,
    CASE WHEN score_general >= 80 THEN '高价值客户' WHEN score_general >= 50 THEN '中价值客户' ELSE '低价值客户' END AS tier_three,
    CASE WHEN score_general >= 80 THEN '五级' WHEN score_general >= 60 THEN '四级' WHEN score_general >= 40 THEN '三级'
      WHEN score_general >= 20 THEN '二级' ELSE '一级' END AS tier_five,
    CASE WHEN score_general >= 80 THEN 'A 每月' WHEN score_general >= 60 THEN 'B 每季' WHEN score_general >= 40 THEN 'C 每半年'
      ELSE 'D 每年' END AS tier_visit,
    score_general, coverage_general, score_simple, coverage_simple, score_software, coverage_software,
    score_potential, coverage_potential,
    recency_days, tenure_days, orders_30d, orders_90d, orders_6m, orders_12m, orders_all, frequency,
    (monetary / 100)::DECIMAL(18, 2) AS monetary, (amount_6m / 100)::DECIMAL(18, 2) AS amount_6m,
    (amount_12m / 100)::DECIMAL(18, 2) AS amount_12m, (amount_all / 100)::DECIMAL(18, 2) AS amount_all,
    (amount_prev_6m / 100)::DECIMAL(18, 2) AS amount_prev_6m, aov, aov_ratio, repurchase_rate, interval_days,
    overdue_ratio, categories_12m, new_product_12m, growth, NULL::DOUBLE AS margin, NULL::DOUBLE AS pay_on_time_rate,
    NULL::DECIMAL(18, 2) AS overdue_amount, NULL::BIGINT AS defaults, NULL::DOUBLE AS renewal_rate,
    interactions_90d, interactions_phone_90d, interactions_online_90d, interactions_mail_90d, interactions_meeting_90d,
    interactions_website_90d, interactions_social_90d, visits_12m, trainings_12m, view_depth, cart_abandon_rate,
    nps, csat, csat_mean, complaints_12m, complaint_rate, suggestions_12m, open_complaints, NULL::BIGINT AS referrals,
    NULL::BIGINT AS followers, shares, NULL::DOUBLE AS industry_outlook, NULL::BIGINT AS birthday_in_days,
    return_gap_days, first_order_date, last_order_date, clv, clv_low, clv_high, churn_risk, return_chance, p_alive,
    lifetime_basis, preferred_channel, top_topic, top_category
  FROM staged ORDER BY customer_id
) TO '{out}' (FORMAT parquet);

"""Places as people write them, and what several cells say together."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from tierbook.cleaning.places import gazetteer, places_in
from tierbook.cleaning.regions import Written, region_keys, standing
from tierbook.cleaning.simplified import simplified
from tierbook.schema import REGIONS


@pytest.mark.parametrize(
    ("text", "province", "city"),
    [
        ("广东", "广东省", ""), ("廣東省", "广东省", ""), ("Guangdong", "广东省", ""),
        ("guangdong sheng", "广东省", ""),
        ("粤", "广东省", ""), ("內蒙古自治區", "内蒙古自治区", ""), ("Inner Mongolia", "内蒙古自治区", ""),
        ("深圳", "广东省", "深圳市"), ("ShenZhen", "广东省", "深圳市"), ("Xi'an", "陕西省", "西安市"),
        ("广东省深圳市", "广东省", "深圳市"), ("江苏-苏州", "江苏省", "苏州市"), ("昆山", "江苏省", "苏州市"),
        ("延边", "吉林省", "延边朝鲜族自治州"), ("大理州", "云南省", "大理白族自治州"),
        ("北京朝阳", "北京市", "北京市"),
        ("朝阳市", "辽宁省", "朝阳市"), ("吉林市", "吉林省", "吉林市"), ("海南州", "青海省", "海南藏族自治州"),
        ("浦东", "上海市", ""), ("臺北", "台湾省", "台北市"), ("香港特别行政区", "香港特别行政区", ""),
        ("Ürümqi", "新疆维吾尔自治区", "乌鲁木齐市"), ("中国上海", "上海市", ""), ("河北区", "天津市", "天津市"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_names(text, province, city):
    (found,) = places_in(text, alone=True)
    assert (found.province, found.city) == (province, city)


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("朝阳", {"辽宁省", "北京市", "吉林省"}), ("朝阳区", {"北京市", "吉林省"}), ("通州区", {"北京市", "江苏省"}),
        ("鼓楼区", {"江苏省", "福建省", "河南省"}), ("Suzhou", {"江苏省", "安徽省"}), ("Taizhou", {"江苏省", "浙江省"}),
        ("和平区", {"天津市", "辽宁省"}), ("兴安", {"内蒙古自治区", "黑龙江省", "广西壮族自治区"}),
    ],
)  # fmt: skip
def test_a_name_of_several_places_means_all_of_them(text, provinces):
    assert {place.province for place in places_in(text, alone=True)} == provinces


@pytest.mark.parametrize("text", [None, "", "火星", "沙河口", "新区", "№ 1", "-", "省", "市", "New York"])
def test_what_is_no_place_of_ours_is_none(text):
    assert places_in(text, alone=True) == ()


@pytest.mark.parametrize(
    ("address", "province", "city"),
    [
        ("江苏省苏州市工业园区星湖街", "江苏省", "苏州市"), ("江苏苏州工业园区", "江苏省", "苏州市"),
        ("昆山市玉山镇", "江苏省", "苏州市"), ("吉林市昌邑区", "吉林省", "吉林市"),
        ("吉林省长春市", "吉林省", "长春市"),
        ("上海市南京东路100号", "上海市", ""), ("海南藏族自治州共和县", "青海省", "海南藏族自治州"),
        ("5 Nanjing Road, Shanghai, China", "上海市", "上海市"), ("No. 1, Suzhou, Jiangsu", "江苏省", "苏州市"),
        ("中国浙江杭州", "浙江省", "杭州市"), ("廣東省深圳市南山區", "广东省", "深圳市"),
    ],
)  # fmt: skip
def test_an_address_begins_with_its_place(address, province, city):
    (found,) = places_in(address, alone=False)
    assert (found.province, found.city) == (province, city)


@pytest.mark.parametrize(
    "address", ["南京东路100号", "北京西路8号", "浙江大学路3号", "上海大厦", "沙河口区人民路", "新区大道"]
)
def test_a_street_that_bears_a_citys_name_is_no_city(address):
    assert places_in(address, alone=False) == ()


N = None


@pytest.mark.parametrize(
    ("cells", "region", "province", "city", "check"),
    [
        ({"province": "广东"}, "south", "广东省", N, ""),
        ({"province": "廣東", "city": "深圳"}, "south", "广东省", "深圳市", ""),
        ({"province": "上海"}, "east", "上海市", "上海市", ""),
        ({"province": "深圳"}, "south", "广东省", "深圳市", ""),
        ({"city": "吉林"}, "northeast", "吉林省", "吉林市", ""),
        ({"city": "海南"}, N, N, "海南", "place_ambiguous"),
        ({"city": "朝阳"}, N, N, "朝阳", "place_ambiguous"),
        ({"city": "朝阳", "province": "北京"}, "north", "北京市", "朝阳区", ""),
        ({"city": "朝阳", "address": "辽宁省朝阳市双塔区"}, "northeast", "辽宁省", "朝阳市", ""),
        ({"city": "朝阳区", "region": "north"}, "north", "北京市", "朝阳区", ""),
        ({"city": "铁西区"}, "northeast", N, "铁西区", "place_ambiguous"),
        ({"city": "Suzhou"}, "east", N, "Suzhou", "place_ambiguous"),
        ({"city": "Suzhou", "province": "Anhui"}, "east", "安徽省", "宿州市", ""),
        ({"city": "杭州", "province": "广东"}, "south", "广东省", "杭州", "place_conflict"),
        ({"province": "火星"}, N, "火星", N, "place_unknown"),
        ({"province": "California", "region": "overseas"}, "overseas", "California", N, ""),
        ({"region": "northeast", "province": "广东"}, "northeast", "广东省", N, ""),
        ({"region_text": "江苏苏州"}, "east", "江苏省", "苏州市", ""),
        ({"address": "江苏省苏州市工业园"}, "east", "江苏省", "苏州市", ""),
        ({"address": "朝阳区建国路"}, N, N, N, "place_ambiguous"),
        ({"address": "朝阳区建国路", "province": "北京"}, "north", "北京市", "北京市", ""),
        ({"city": "昆山"}, "east", "江苏省", "昆山市", ""),
        ({}, N, N, N, ""),
    ],
)
def test_cells_together_say_where_a_customer_is(cells, region, province, city, check):
    found = standing(Written(**cells))
    assert (found.region, found.province, found.city, found.check_key) == (region, province, city, check)


def test_only_what_was_blank_is_filled_and_says_from_where():
    found = standing(Written(province="江苏", address="江苏省苏州市工业园"))
    assert (found.region_from, found.province_from, found.city_from) == ("province", "", "address")


def test_a_region_cell_may_name_a_place():
    assert region_keys(["浙江", "杭州", "粤", "朝阳", "月球", "铁西区"]) == {
        "浙江": "east", "杭州": "east", "粤": "south", "铁西区": "northeast",
    }  # fmt: skip


def test_every_province_lies_in_a_region_of_ours():
    assert set(gazetteer().regions.values()) == {choice.key for choice in REGIONS}


def test_traditional_letters_are_read_as_simplified_ones():
    assert simplified("廣東 瀋陽 長春 烏魯木齊 軟體 製造業 資訊") == "广东 沈阳 长春 乌鲁木齐 软体 制造业 资讯"
    assert simplified("苏州 ABC") == "苏州 ABC"


@pytest.mark.data
def test_every_division_of_the_country_is_read_right_or_not_at_all(shared_data):
    """No name of a city, district or county is ever taken for another place; every city is known."""

    def table(name):
        with shared_data(name).open(encoding="utf-8") as stream:
            return list(csv.reader(stream))[1:]

    provinces = dict(table("cn_provinces.csv"))
    cities = {code: (provinces[province], name) for code, name, province in table("cn_cities.csv")}
    meant = defaultdict(set)
    for _, name, city, _ in table("cn_areas.csv"):
        province, within = cities[city]
        whole = province if within in ("市辖区", "县") else name if "直辖" in within else within
        meant[name].add((province, whole))
    for province, name in cities.values():
        if name not in ("市辖区", "县") and "直辖" not in name:
            assert {(one.province, one.city) for one in places_in(name, alone=True)} == {(province, name)}
    known = 0
    for name, truth in meant.items():
        found = {(one.province, one.city) for one in places_in(name, alone=True)}
        assert not found or found == truth or found == {(province, "") for province, _ in truth}, name
        known += bool(found)
    assert known > 550

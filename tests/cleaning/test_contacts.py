"""Phones, mail addresses and credit codes come to one form each, or are told."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.cleaning import credit_codes, phones
from tierbook.cleaning.credit_codes import check_letter, credit_code_of, is_credit_code
from tierbook.cleaning.emails import emails_of
from tierbook.cleaning.phones import phones_of
from tierbook.engine import text_literal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("013800138000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("手机：13800138000（微信同号）", "13800138000"),
        ("(021)55501234", "021-55501234"),
        ("021 5550 1234", "021-55501234"),
        ("02155501234", "021-55501234"),
        ("2155501234.0", "021-55501234"),
        ("+86 21 5550 1234", "021-55501234"),
        ("(0512) 6288-1234", "0512-62881234"),
        ("021-55501234转801", "021-55501234-801"),
        ("021-55501234 转 12", "021-55501234-12"),
        ("021-55501234-801", "021-55501234-801"),
        ("021-55501234 ext. 801", "021-55501234-801"),
        ("4001234567", "400-123-4567"),
        ("400-123-4567轉2", "400-123-4567-2"),
        ("800 820 8820", "800-820-8820"),
        ("13800138000 / 021-55501234", "13800138000 / 021-55501234"),
        ("13800138000、13900139000", "13800138000 / 13900139000"),
        ("13800138000 13900139000", "13800138000 / 13900139000"),
        ("13800138000 / +86 13800138000", "13800138000"),
        ("021-55501234/5", "021-55501234 / 021-55501235"),
        ("张三13800138000李四13900139000", "13800138000 / 13900139000"),
        ("+1 650-253-0000", "+1 650-253-0000"),
        ("+852 2345 6789", "+852 2345 6789"),
        ("+886 2 2345 6789", "+886 2 2345 6789"),
    ],
)
def test_a_phone_number_is_kept_in_one_form(typed, kept):
    found = phones_of(typed)
    assert (found.shown, found.sure) == (kept, True)


@pytest.mark.parametrize(
    "typed", ["110", "55501234", "1380013800", "138001380001", "1.38E+10", "0000000", "见名片", "13800138000,1234"]
)
def test_what_is_no_whole_phone_number_stays_as_it_is_and_is_told(typed):
    found = phones_of(typed)
    assert (found.shown, found.sure) == (typed, False)


def test_an_extension_does_not_make_another_number():
    assert phones_of("021-55501234转801").keys == phones_of("(021) 5550-1234").keys == ("02155501234",)


def test_landlines_are_judged_by_their_beginning_as_the_library_judges_the_whole():
    import phonenumbers

    random_numbers = random.Random(20260831)
    agreed = 0
    for _ in range(6_000):
        length = random_numbers.choice((9, 10, 11))
        digits = random_numbers.choice("123456789") + "".join(random_numbers.choices(string.digits, k=length - 1))
        number = phonenumbers.parse("+86" + digits)
        area = phonenumbers.length_of_geographical_area_code(number) if phonenumbers.is_valid_number(number) else 0
        assert phones._area(digits[: phones.TELLING], length) == area, digits
        agreed += bool(area)
    assert agreed > 500


@given(st.text(alphabet=string.digits + "-+/ ()转、.EextA张", max_size=30))
def test_any_text_is_read_and_its_kept_form_is_read_as_itself(typed):
    found = phones_of(typed)
    if found.sure:
        again = phones_of(found.shown)
        assert (again.shown, again.keys, again.sure) == (found.shown, found.keys, True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Li.Lei@Example.COM", "li.lei@example.com"),
        ("李雷 <li@example.com>", "li@example.com"),
        ("mailto:li@example.com", "li@example.com"),
        ("li @ example . com", "li@example.com"),
        ("li@example。com", "li@example.com"),
        ("li@example,com", "li@example.com"),
        ("li(at)example.com", "li@example.com"),
        ("li@example.com; wang@example.com.cn", "li@example.com / wang@example.com.cn"),
        ("li@example.com.", "li@example.com"),
    ],
)
def test_a_mail_address_is_kept_in_one_form(typed, kept):
    found = emails_of(typed)
    assert (found.shown, found.sure) == (kept, True)


@pytest.mark.parametrize("typed", ["li@example", "none@none", "li.example.com", "见名片", "a..b@x.cn", "@x.cn"])
def test_what_is_no_mail_address_stays_as_it_is_and_is_told(typed):
    found = emails_of(typed)
    assert (found.shown, found.sure) == (typed, False)


PUBLISHED = ("91350100M000100Y43", "91110000600037341L", "914403001922038216", "9144030071526726XG")
"""The example of GB 32100-2015 and codes of well-known companies, as the national register shows them."""


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_credit_codes_check(code):
    assert is_credit_code(code)
    assert check_letter(code[:-1]) == code[-1]


@pytest.mark.parametrize("code", PUBLISHED)
def test_one_wrong_letter_is_always_found(code):
    for place, right in enumerate(code):
        for letter in credit_codes.LETTERS:
            if letter != right:
                assert not is_credit_code(code[:place] + letter + code[place + 1 :])


@pytest.mark.parametrize(
    "typed",
    ["91350100m000100y43", "9135 0100 M000 100Y 43", "91350100-M000100Y43", "913501OOM000100Y43", "9l350100M000100Y43"],
)
def test_a_credit_code_is_read_as_it_was_meant(typed):
    assert credit_code_of(typed).shown == "91350100M000100Y43"


@pytest.mark.parametrize("typed", ["91350100M000100Y44", "350100M000100Y43", "310115400012345", "无"])
def test_a_code_that_does_not_check_stays_as_it_is_and_is_told(typed):
    found = credit_code_of(typed)
    assert (found.shown, found.sure) == (typed, False)


def test_the_engine_checks_a_code_as_python_does(engine):
    letters = random.Random(1)
    codes = [*PUBLISHED, "", "短"]
    for code in PUBLISHED:
        for _ in range(50):
            place = letters.randrange(18)
            codes.append(code[:place] + letters.choice(credit_codes.LETTERS + "IOSVZ好") + code[place + 1 :])
    for code in codes:
        told = engine.value(f"SELECT {credit_codes.plain('c')} FROM (SELECT {text_literal(code)} AS c)")
        assert told == is_credit_code(code), code


def test_contacts_of_customers_are_kept_in_one_form_and_odd_ones_told(cleaned):
    rows = [
        {"customer_id": "1", "phone": "138 0000 0001", "email": "A@X.cn", "credit_code": "91350100m000100y43"},
        {"customer_id": "2", "phone": "13800000002", "email": "b@x.cn", "credit_code": "91350100M000100Y44"},
        {"customer_id": "3", "phone": "555", "email": "张三", "credit_code": None},
        {"customer_id": "4", "phone": "无", "email": "没有", "credit_code": "无"},
    ]
    result = cleaned({"customers": rows})
    assert result.rows("SELECT phone, email, credit_code FROM customers ORDER BY customer_id") == [
        ("13800000001", "a@x.cn", "91350100M000100Y43"), ("13800000002", "b@x.cn", "91350100M000100Y44"),
        ("555", "张三", None), (None, None, None),
    ]  # fmt: skip
    assert result.notices("customers") == [
        (3, "bad_credit_code", "credit_code", "91350100M000100Y44"),
        (4, "bad_email", "email", "张三"), (4, "bad_phone", "phone", "555"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["DOUBLE", "BIGINT"])
def test_a_phone_that_a_spreadsheet_took_for_a_number_is_a_phone(cleaned, kind):
    rows = [{"customer_id": "1", "phone": 13800000001}, {"customer_id": "2", "phone": 2155501234}]
    result = cleaned({"customers": rows}, types={"customers": {"phone": kind}})
    assert result.rows("SELECT phone FROM customers ORDER BY customer_id") == [("13800000001",), ("021-55501234",)]

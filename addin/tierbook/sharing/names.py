"""The worksheet functions as defined names: LAMBDAs of Excel 365, the web and Excel 2024 over the hidden sheets.

Formulas are written here as people type them and stored as Excel stores them (`stored`): newer functions bear
`_xlfn.`, names of a LAMBDA or LET `_xlpm.`, and an optional argument `_xlop.` where it is declared. All of them work on
blocks of ids as well, value by value, so that a column in spills a column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..typed import INVISIBLE, WRONG
from .answers import Answers
from .extra import NEXT_COLUMN, Extra
from .table import Table
from .values import ADDED, COLUMNS, NO_ANSWER

LONGEST = 8_000
"""Characters Excel takes in a name's formula, less a reserve."""
_NEWER = {"LAMBDA", "LET", "REDUCE", "MAP", "SEQUENCE", "XLOOKUP", "ISOMITTED", "UNICHAR"}
_PIECE = re.compile(r'"(?:[^"]|"")*"|\[([a-z_]+)\]|([A-Za-z_][A-Za-z0-9_.]*)([(!]?)')
_LOCAL = re.compile(r"[a-z][a-z_]*")

_NARROW = (
    "LAMBDA(words,REDUCE(words,SEQUENCE(94),LAMBDA(rest,place,"
    "SUBSTITUTE(rest,UNICHAR(65280+place),UNICHAR(32+place)))))"
)
"""Full-width letters, digits and signs in half width."""
_CLEAN = (
    "LAMBDA(words,TRIM(REDUCE(REDUCE(_cust_narrow(words),{{9,10,13,160,12288}},"
    'LAMBDA(rest,code,SUBSTITUTE(rest,UNICHAR(code)," "))),'
    '{{{unseen}}},LAMBDA(rest,code,SUBSTITUTE(rest,UNICHAR(code),"")))))'
)
_WHOLE = (
    'LAMBDA(words,LET(dot,IFERROR(FIND(".",words),0),lead,LEFT(words,IF(dot>0,dot-1,0)),'
    'rest,REDUCE(lead,SEQUENCE(10),LAMBDA(others,digit,SUBSTITUTE(others,digit-1,""))),'
    'IF((dot>1)*(LEN(words)>dot)*(SUBSTITUTE(MID(words,dot+1,99),"0","")="")*(LEN(lead)>LEN(rest))'
    '*((rest="")+(rest="-")*(LEFT(lead,1)="-")),lead,words)))'
)
_TEXT = (
    'LAMBDA(customer_id,IF(ISNUMBER(customer_id),IF(ABS(customer_id)<1E+15,customer_id&"",#NUM!),'
    'IF(ISLOGICAL(customer_id),#VALUE!,customer_id&"")))'
)
_FIND = 'LAMBDA(key,ids,column,XLOOKUP(key,ids,column,""))'
_FIND_TWINS = (
    "LAMBDA(key,ids,column,MAP(key,LAMBDA(one,LET(place,SUMPRODUCT(EXACT(ids,one)*SEQUENCE(ROWS(ids))),"
    'IF(place=0,"",INDEX(column,place))))))'
)
"""Where two ids differ only in capitals: slower, so only there."""
_KEY = (
    "LAMBDA(customer_id,ids,LET(words,_cust_text(customer_id),"
    "IF(EXACT(_cust_find(words,ids,ids),words),words,_cust_careful(words,ids))))"
)
_CAREFUL = (
    "LAMBDA(words,ids,LET(clean,_cust_whole(_cust_clean(words)),"
    'IF(clean="","",IF(EXACT(_cust_find(clean,ids,ids),clean),clean,NA()))))'
)
_AT = (
    "LAMBDA(customer_id,ids,column,LET(key,_cust_key(customer_id,ids),found,_cust_find(key,ids,column),"
    'IF(key="","",IF(found="","",found))))'
)
_PICK = (
    "LAMBDA(customer_id,number,IF(ISERROR(number),"
    'IF(IFERROR(_cust_key(customer_id,{ids}),0)="","",number),'
    "_cust_at(customer_id,{ids},INDEX({all},0,number))))"
)
_WORD = (
    'LAMBDA(family,word,main,IF(ROWS(word)*COLUMNS(word)>1,#VALUE!,IF(TRIM(word)="",main,'
    "XLOOKUP(family&TRIM(word),{words},{meanings},XLOOKUP(family&_cust_clean(word),{words},{meanings},#VALUE!)))))"
)
_AMONG = (
    "LAMBDA(family,word,LET(number,_cust_word(family,word,0),IF(ISERROR(number),number,IF(number=0,1,"
    "INDEX({all},0,number)=XLOOKUP(family&TRIM(word),{words},{looked_for},"
    "XLOOKUP(family&_cust_clean(word),{words},{looked_for}))))))"
)
"""1 or TRUE for every customer that shows the value a word means; the error of a word that means none."""
_TAGGED = (
    'LAMBDA(word,LET(name,_cust_word("tag:",word,""),IF(ISERROR(name),name,IF(name="",1,'
    "ISNUMBER(FIND({own}&name&{own},{own}&{tags}&{own}))))))"
)
_STATE = (
    "LAMBDA(as_of,LET(day,IF(ROWS(as_of)*COLUMNS(as_of)>1,#VALUE!,IF(ISLOGICAL(as_of),#VALUE!,"
    "IF(ISNUMBER(as_of),IF((as_of>=1)*(as_of<2958466),INT(as_of),#NUM!),"
    'IF(TRIM(as_of)="",{now},DATEVALUE(TRIM(as_of)))))),IF(day>={now},1,{earlier})))'
)


def named_functions(answers: Answers, extra: Extra) -> Mapping[str, str]:
    """Name -> formula as a file stores it, without the leading =. Names beginning with `_cust` only help the others."""
    typed = {**_helpers(answers, extra), **_functions(answers, extra)}
    return {name: stored(formula) for name, formula in typed.items()}


def _helpers(answers: Answers, extra: Extra) -> dict[str, str]:
    results = answers.results
    ids, everything = column_ref(results, "customer_id"), whole_ref(results)
    words, meanings = extra.words_ref, extra.meanings_ref
    now = f"{answers.as_of or 0:.0f}"
    since = answers.since
    earlier = "#NUM!" if since is None else f"IF(day>={since:.0f},2,#NUM!)"
    twins = has_twins(results.ids)
    return {
        "_cust_narrow": _NARROW,
        "_cust_clean": _CLEAN.format(unseen=",".join(str(ord(letter)) for letter in INVISIBLE)),
        "_cust_whole": _WHOLE,
        "_cust_text": _TEXT,
        "_cust_find": _FIND_TWINS if twins else _FIND,
        "_cust_careful": _CAREFUL,
        "_cust_key": _KEY,
        "_cust_at": _AT,
        "_cust_pick": _PICK.format(ids=ids, all=everything),
        "_cust_word": _WORD.format(words=words, meanings=meanings),
        "_cust_state": _STATE.format(now=now, earlier=earlier),
        "_cust_among": _AMONG.format(all=everything, words=words, looked_for=extra.looked_for_ref),
        "_cust_tagged": _TAGGED.format(
            own=_quoted(answers.between_tags), tags=column_ref(results, "tags") if "tags" in results.columns else '""'
        ),
    }


def _functions(answers: Answers, extra: Extra) -> dict[str, str]:
    results = answers.results
    own = _quoted(answers.between_tags)
    ids, tags = column_ref(results, "customer_id"), _number(results, "tags", WRONG)
    made = {
        "CUST_TIER": _dated(answers, "scale_name", "scale", "tier", "tier_"),
        "CUST_SCORE": _dated(answers, "scorecard", "card", "score", "score_"),
        "CUST_METRIC": (
            'LAMBDA(customer_id,indicator,_cust_pick(customer_id,_cust_word("indicator:",indicator,#VALUE!)))'
        ),
        "CUST_TAGS": (
            'LAMBDA(customer_id,[separator],LET(joint,IF(ISOMITTED(separator),"",separator),'
            "IF(ROWS(joint)*COLUMNS(joint)>1,_cust_pick(customer_id,#VALUE!),"
            f"IF(ISERROR(joint),_cust_pick(customer_id,joint),LET(tags,_cust_pick(customer_id,{tags}),"
            f'IF(joint="",tags,SUBSTITUTE(tags,{own},joint)))))))'
        ),
        "CUST_HAS_TAG": (
            'LAMBDA(customer_id,tag,LET(name,_cust_word("tag:",tag,#VALUE!),'
            f"IF(ISERROR(name),_cust_pick(customer_id,name),LET(key,_cust_key(customer_id,{ids}),"
            f'IF(key="","",ISNUMBER(FIND({own}&name&{own},{own}&_cust_pick(key,{tags})&{own})))))))'
        ),
        "CUST_GAP": _looked_up(answers.gap, "text"),
        "CUST_NEXT": (
            f"LAMBDA(customer_id,_cust_at(customer_id,{ids},{extra.column_ref(NEXT_COLUMN)}))"
            if answers.actions is not None else _constant(NO_ANSWER)
        ),
        "CUST_STAMP": f"LAMBDA({extra.stamp_ref})",
        "CUST_COUNT": (
            f'LAMBDA([tier],[tag],[segment],[owner],SUMPRODUCT(({ids}<>"")'
            '*_cust_among("in_tier:",IF(ISOMITTED(tier),"",tier))'
            '*_cust_among("in_segment:",IF(ISOMITTED(segment),"",segment))*_cust_tagged(IF(ISOMITTED(tag),"",tag))'
            '*_cust_among("in_owner:",IF(ISOMITTED(owner),"",owner))))'
        ),
    }  # fmt: skip
    for function, column in COLUMNS.items():
        made[function] = _constant(_number(results, column, WRONG))
    for function, column in ADDED.items():
        made[function] = _constant(_number(results, column, NO_ANSWER))
    return dict(sorted(made.items()))


def _dated(answers: Answers, argument: str, family: str, main: str, prefix: str) -> str:
    results = answers.results
    chief = prefix + answers.stamp.get("main_scale" if family == "scale" else "main_card", "")
    same = [str(results.number(key)) for key in (main, chief) if key in results.columns]
    before = "_cust_pick(customer_id,#NUM!)"
    if answers.before is not None and same:
        kept = f"_cust_at(customer_id,{column_ref(answers.before, 'customer_id')},{column_ref(answers.before, main)})"
        before = f"IF(OR({','.join(f'number={one}' for one in same)}),{kept},{before})"
    return (
        f"LAMBDA(customer_id,[{argument}],[as_of],LET("
        f'number,_cust_word("{family}:",IF(ISOMITTED({argument}),"",{argument}),{_number(results, main, WRONG)}),'
        'state,_cust_state(IF(ISOMITTED(as_of),"",as_of)),'
        "IF(ISERROR(number),_cust_pick(customer_id,number),IF(ISERROR(state),_cust_pick(customer_id,state),"
        f"IF(state=1,_cust_pick(customer_id,number),{before})))))"
    )


def _looked_up(table: Table | None, column: str) -> str:
    if table is None or column not in table.columns:
        return _constant(NO_ANSWER)
    return f"LAMBDA(customer_id,_cust_at(customer_id,{column_ref(table, 'customer_id')},{column_ref(table, column)}))"


def _constant(number: str) -> str:
    if number == NO_ANSWER:
        number = "INDEX({1},2)"  # gives the error; written out, Excel would call the name broken
    return f"LAMBDA(customer_id,_cust_pick(customer_id,{number}))"


def _number(table: Table, key: str, otherwise: str) -> str:
    return str(table.number(key)) if key in table.columns else otherwise


def has_twins(ids: object) -> bool:
    """Whether two ids differ only in capitals, which Excel's look-ups do not tell apart."""
    held = list(map(str, ids))  # type: ignore[call-overload]
    return len({one.casefold() for one in held}) != len(held)


def column_ref(table: Table, key: str) -> str:
    """The cells of a column, such as _tierbook_results!$A$2:$A$309."""
    return block_ref(table.sheet, table.number(key), table.number(key), len(table.ids))


def whole_ref(table: Table) -> str:
    return block_ref(table.sheet, 1, len(table.columns), len(table.ids))


def block_ref(sheet: str, first: int, last: int, rows: int) -> str:
    """Rows below the head of one of our hidden sheets, whose names need no quotes."""
    from ..publish.cells import column_letters

    return f"{sheet}!${column_letters(first - 1)}$2:${column_letters(last - 1)}${rows + 1}"


def stored(typed: str) -> str:
    """A formula as a file stores it: prefixes on newer functions and on the names of its LAMBDAs and LETs."""

    def piece(found: re.Match[str]) -> str:
        optional, word, behind = found.groups()
        if optional:
            return f"_xlop.{optional}"
        if not word or behind == "!":
            return found[0]
        if behind == "(":
            return f"_xlfn.{found[0]}" if word in _NEWER else found[0]
        return f"_xlpm.{word}" if _LOCAL.fullmatch(word) else found[0]

    return _PIECE.sub(piece, typed)


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'

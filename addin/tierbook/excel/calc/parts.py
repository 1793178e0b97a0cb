"""The XML files of the extension."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ...labels import LANGUAGES, Language, text
from ..signatures import Argument, Signature

IDENTIFIER = "org.tierbook.calc"
SERVICE = "org.tierbook.CustomerFunctions"
OLDEST_OFFICE = "7.5"
"""LibreOffice 7.4 reads `=CUST_TIER(A2)` in an .xlsx as the name of nothing; 25.2 is what the tests ask."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LOCALES: dict[Language, str] = {"zh-CN": "zh-CN", "zh-TW": "zh-TW", "en": "en-US"}


def manifest(*, types: str, component: str) -> bytes:
    files = (
        (types, "application/vnd.sun.star.uno-typelibrary;type=RDB"),
        (component, "application/vnd.sun.star.uno-component;type=Python"),
        ("CalcAddIns.xcu", "application/vnd.sun.star.configuration-data"),
    )
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n' for name, kind in files
    )
    space = 'xmlns:manifest="http://openoffice.org/2001/manifest"'
    return f"{_HEAD}<manifest:manifest {space}>\n{entries}</manifest:manifest>\n".encode()


def description(version: str) -> bytes:
    """What Tools - Extensions shows, and from which LibreOffice on it may be installed."""
    names = "".join(f"<name lang={quoteattr(lang)}>{escape(words)}</name>" for lang, words in _in_languages("title"))
    return (
        f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006"\n'
        ' xmlns:lo="http://libreoffice.org/extensions/description/2011">\n'
        f" <identifier value={quoteattr(IDENTIFIER)}/>\n"
        f" <version value={quoteattr(version)}/>\n"
        f" <display-name>{names}</display-name>\n"
        f' <dependencies><lo:LibreOffice-minimal-version name="LibreOffice {OLDEST_OFFICE}" '
        f'value="{OLDEST_OFFICE}"/></dependencies>\n'
        "</description>\n"
    ).encode()


def functions(
    signatures: Sequence[Signature], method: Callable[[Signature], str], parameter: Callable[[str], str]
) -> bytes:
    """Names and help of the functions; Calc picks the language of its own menus.

    CompatibilityName for en-US is what an .xlsx calls a function.
    """
    nodes = "".join(_function(one, method(one), parameter) for one in signatures)
    return (
        f'{_HEAD}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"\n'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
        f'<node oor:name="AddInInfo"><node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n'
        f"{nodes}</node></node></node>\n</oor:component-data>\n"
    ).encode()


def _function(signature: Signature, method: str, parameter: Callable[[str], str]) -> str:
    arguments = "".join(_argument(one, parameter(one.name)) for one in signature.arguments)
    return (
        f'<node oor:name="{method}" oor:op="replace">\n'
        f"{_prop('DisplayName', [('en-US', signature.name)])}"
        f"{_prop('Description', _docs(signature))}"
        ' <prop oor:name="Category"><value>Add-In</value></prop>\n'
        f"{_prop('CategoryDisplayName', _in_languages('category'))}"
        f"{_prop('CompatibilityName', [('en-US', signature.name)])}"
        f' <node oor:name="Parameters">\n{arguments} </node>\n</node>\n'
    )


def _argument(argument: Argument, parameter: str) -> str:
    return (
        f' <node oor:name="{parameter}" oor:op="replace">\n'
        f"{_prop('DisplayName', _in_languages(f'argument_{argument.name}'))}"
        f"{_prop('Description', _docs(argument))} </node>\n"
    )


def _docs(told: Signature | Argument) -> Iterator[tuple[str, str]]:
    """A doc has a Chinese and an English half."""
    for locale in _LOCALES.values():
        yield locale, told.zh if locale.startswith("zh") else told.en


def _in_languages(key: str) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        yield _LOCALES[language], text(f"calc.{key}", language)


def _prop(name: str, values: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> str:
    inner = "".join(f"<value xml:lang={quoteattr(lang)}>{escape(words)}</value>" for lang, words in values)
    return f' <prop oor:name="{name}">{inner}</prop>\n'

"""The work of one night: facts read and scored once, each book published, its history kept, its people told.

Every step stands by itself: what fails is told, and stops only what cannot go on without it. What is done is marked
at once, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...engine import Engine
from ...errors import TierbookError, WorkbookError, WorkbookInUse
from ...labels import DEFAULT, Language
from ..chosen import FUNCTIONS
from ..finished import finished_in
from ..followups import plan_as_it_is
from ..intake import Run, language_for, load_sources, start_run
from ..ledger import keep
from ..publishing import Published, publish_into
from ..request import Note, Progress, Request, silent
from ..writing import BookReport, written
from .config import found_files
from .days import missed_days
from .held import Held, outcomes_held
from .morning import draw_page, mail_file, notify, page_of
from .part import part_of
from .records import Aim, Config, StepDone
from .shared import SharedPlan, plan_shared
from .state import HISTORY, State
from .tries import Stages, Tries
from .typed_rows import books_typed_in, with_typed

if TYPE_CHECKING:
    from ...followup import TaskPlan
    from ...followup.outcomes import Outcome
    from ...publish import Kept
    from ...workbook import Book

STAGES: Mapping[str, str] = {
    "jobs.reading_model": "import", "jobs.reading": "import", "jobs.cleaning": "clean", "jobs.scoring": "score",
    "jobs.planning_tasks": "followups", "jobs.publishing": "publish", "jobs.saving": "publish",
}  # fmt: skip
"""What a run tells of itself -> the step that begins with it."""
UNSEEN = (
    *("jobs.rules_edited", "jobs.rules_broken", "jobs.rules_of_then", "workbook.pending_stays"),
    *("chosen.sheets_left", "chosen.no_functions", "chosen.card_empty", "models.rules_lack", "night.typed_unread"),
)
"""What a night must tell of a book, because nobody sits in front of it."""


def kept_key(aim: Aim) -> str:
    """What the state file knows a book's history by."""
    return f"{HISTORY}:{aim.name or aim.key}"


@dataclass
class Work:
    """One go at a night.

    Args:
        ledger: where the history is kept.
        again: also what is done is done again.
        first: nothing was tried tonight yet.
        caught_up: missed days whose history was made up for.
    """

    config: Config
    state: State
    tries: Tries
    ledger: str
    progress: Progress = silent
    again: bool = False
    first: bool = True
    caught_up: list[dt.date] = field(default_factory=list)
    notes: dict[str, Sequence[Note]] = field(default_factory=dict)
    """What publishing said of each book, for those who are told in the morning."""
    typed: list[Note] = field(default_factory=list)
    """What could not be read of the rows people typed into team books."""
    held: Held = field(default_factory=Held)

    @property
    def day(self) -> dt.date:
        return self.tries.day

    def run(self, aims: Sequence[Aim]) -> None:
        """Do what is due for these books."""
        due = [aim for aim in aims if self.is_due(aim) and (self.first or self.is_free(aim))]
        if self.config.facts is not None:
            if due:
                self.keep_together(due)
        else:
            for aim in due:
                self.keep_alone(aim)
        for aim in aims:
            if not self.state.is_due(aim.key, self.day):
                notify(self.config, self.state, self.tries, aim, self.request, self.notes.get(aim.key, ()))

    def is_due(self, aim: Aim) -> bool:
        """Whether a book waits for its sheets, or its history for the day."""
        return self.again or any(self.state.is_due(key, self.day) for key in (aim.key, kept_key(aim)))

    def is_free(self, aim: Aim) -> bool:
        """Whether a book that waited may be written now; while somebody holds it, nothing is scored for it again."""
        from ...workbook import refuse_in_use

        try:
            refuse_in_use(aim.path)
        except WorkbookInUse as refusal:
            self.tries.fails(StepDone("publish", self.day, False, aim.title, waits=True), refusal)
            return False
        except WorkbookError:
            return True  # said again, and in full, where the book is opened
        return True

    # -- a book with its own facts ---------------------------------------------------------------------------------

    def keep_alone(self, aim: Aim) -> None:
        """Score a book by the facts in it and bring it up to date, in one step of many stages."""
        stages = Stages(STAGES, "import", self.progress)
        request = self.request(aim, stages)
        made: list[Published] = []
        with ExitStack() as opened:

            def make(before: Book) -> tuple[bytes, BookReport]:
                opened.close()  # the run of the book as it was before somebody saved it
                engine = opened.enter_context(Engine())
                run = self.scored(request, engine, [aim], None)
                part = opened.enter_context(part_of(run, aim))
                made[:] = [publish_into(part, aim.path, before.data, request)]
                return made[0].data, made[0].report

            self.saved(aim, stages, request, make, made)

    # -- books that share facts ------------------------------------------------------------------------------------

    def keep_together(self, aims: Sequence[Aim]) -> None:
        """Score the shared facts once, plan once, publish into each book."""
        stages = Stages(STAGES, "import", self.progress)
        with Engine() as engine:
            run = self.tries.step(
                stages, lambda: self.scored_shared(engine, stages, aims), said=lambda _: self.told(self.typed)
            )
            if run is None:
                return
            planning = Stages({}, "followups", self.progress)
            planned = self.tries.step(
                planning,
                lambda: self.planned(run),
                said=lambda plan: self.told([(one.key, one.values) for one in plan.plan.notices]),
            )
            for aim in aims:
                self.publish_part(run, aim, planned)

    def scored_shared(self, engine: Engine, stages: Stages, aims: Sequence[Aim]) -> Run:
        """Everybody's facts, scored; people's answers of all books count, whichever is due."""
        facts = self.config.facts
        assert facts is not None, "books without shared facts stand alone"
        request = replace(
            self.request(Aim(self.config.main), stages),
            files=found_files(facts),
            sheet=facts.sheet,
            mapping=facts.mapping,
        )
        language = language_for(request)
        shown = {aim.path: aim for aim in self.config.aims}
        books = [book for book in dict.fromkeys([self.config.main, *shown]) if book.is_file()]
        finished: dict[Outcome, None] = {}
        for book in books:
            aim = shown.get(book)
            told = outcomes_held(aim, self.held_by(aim, language)) if aim else finished_in(book, language, self.day)
            finished |= dict.fromkeys(told)
        return self.scored(request, engine, aims, list(finished), books)

    def planned(self, run: Run) -> SharedPlan:
        """The follow-ups of all books, also of those that are done: reps answer in any of them."""
        there = [aim for aim in self.config.aims if aim.path.is_file()]
        return plan_shared(run, there, {aim.key: self.held_by(aim, run.language) for aim in there})

    def held_by(self, aim: Aim, language: Language) -> Kept:
        return self.held.of(aim, language, self.day, self.sheets_of(aim))

    def publish_part(self, run: Run, aim: Aim, planned: SharedPlan | None) -> None:
        """One book's share of a run; where planning failed, its tasks stay as people left them."""
        stages = Stages({}, "publish", self.progress)
        request = replace(self.request(aim, stages), book=self.config.main)
        made: list[Published] = []

        def share(_part: Run, kept: Kept) -> tuple[Kept, TaskPlan]:
            return planned.of(aim, kept, run.language) if planned is not None else (kept, plan_as_it_is(kept))

        with ExitStack() as opened:

            def make(before: Book) -> tuple[bytes, BookReport]:
                opened.close()
                part = opened.enter_context(part_of(run, aim))
                same = self.held.same(aim, before.digest)
                made[:] = [publish_into(part, aim.path, before.data, request, planner=share, read=same,
                                        answers_taken=planned is not None)]  # fmt: skip
                return made[0].data, made[0].report

            self.saved(aim, stages, request, make, made)
        self.held.forget(aim)

    # -- steps of every book ---------------------------------------------------------------------------------------

    def saved(
        self, aim: Aim, stages: Stages, request: Request, make: Callable[[Book], tuple[bytes, BookReport]],
        made: list[Published],
    ) -> None:  # fmt: skip
        """Write a book and keep its run in the history, while the run is still there."""
        report = self.tries.step(
            stages,
            lambda: written(aim.path, make, stages),
            about=aim.title,
            said=lambda report: self.told(report.notes),
        )
        if report is None:
            return
        self.notes[aim.key] = report.notes
        self.state.mark(aim.key, self.day)
        history = Stages({}, "history", silent)
        kept = self.tries.step(history, lambda: (keep(request, made[0]),), about=aim.title)
        if kept is not None:
            self.state.mark(kept_key(aim), self.day)
        if (page := page_of(self.config, aim)) is not None:
            drawing = Stages({}, "page", silent)
            self.tries.step(drawing, lambda: draw_page(page, made[0].run, request, aim), about=aim.title)

    # -- what they stand on ----------------------------------------------------------------------------------------

    def request(self, aim: Aim, progress: Progress) -> Request:
        return Request(
            as_of=self.day,
            book=aim.path,
            model=self.config.model,
            language=self.config.language,
            ledger=self.ledger,
            scope=aim.name,
            sheets=self.sheets_of(aim),
            progress=progress,
        )

    def sheets_of(self, aim: Aim) -> tuple[str, ...]:
        """The sheets a book was asked to hold; where letters go out by it, the results they are written from too."""
        sends = aim.mail and mail_file(self.config) is not None
        return (*aim.sheets, FUNCTIONS) if aim.sheets and sends else aim.sheets

    def scored(
        self,
        request: Request,
        engine: Engine,
        aims: Sequence[Aim],
        finished: Sequence[Outcome] | None,
        beside: Sequence[Path] = (),
    ) -> Run:
        """The facts scored as of the night's day; missed days are scored before it, for the history only."""
        language = language_for(request)
        request = replace(request, language=language)
        sources = load_sources(request, engine, language)
        if self.config.facts is not None:
            typed_in = books_typed_in(self.config, request.files)
            sources, self.typed = with_typed(engine, sources, typed_in)
        for missed in self.missed(aims):
            past = start_run(replace(request, as_of=missed), engine, sources=sources, finished=finished, beside=beside)
            for aim in aims:
                self.catch_up(past, aim, request)
            if missed not in self.caught_up:
                self.caught_up.append(missed)
        return start_run(request, engine, sources=sources, finished=finished, beside=beside)

    def missed(self, aims: Sequence[Aim]) -> list[dt.date]:
        days = {
            day for aim in aims for day in missed_days(self.state.done(kept_key(aim)), self.day, self.config.catch_up)
        }
        return sorted(days)

    def catch_up(self, past: Run, aim: Aim, request: Request) -> None:
        """Keep a missed day of a book in the history. People were told nothing that day, so it has no moves."""
        from ...publish import read_kept

        if not self.state.is_due(kept_key(aim), past.as_of):
            return
        kept = read_kept(aim.path, past.language, past.as_of)
        report = BookReport(aim.path, changed=False, backup=None, sheets=())
        with part_of(past, aim, history_only=True) as part:
            keep(replace(request, scope=aim.name), Published(b"", report, part, kept, plan_as_it_is(kept), ()))
        self.state.mark(kept_key(aim), past.as_of)

    def told(self, notes: Sequence[tuple[str, Mapping[str, object]]]) -> str:
        """What a step says that must not go unseen."""
        language: Language = self.tries.language or DEFAULT
        return " ".join(TierbookError(key, **values).words(language) for key, values in notes if key in UNSEEN)

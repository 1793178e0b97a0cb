"""`tierbook followups --ics`: one calendar file for each person."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from tierbook import jobs
from tierbook.errors import UsageError
from tierbook.jobs.ics import calendars, check_folder, file_names
from tierbook.publish import read_kept

from .conftest import AS_OF


def test_every_task_stands_in_the_file_of_who_has_it(forty, tmp_path):
    folder = tmp_path / "日历" / "本周"
    made = calendars(jobs.Request(as_of=AS_OF, book=forty), folder)
    tasks = read_kept(forty, "zh-CN").tasks
    assert sorted(path.name for path in folder.iterdir()) == list(made.files)
    found = {}
    for path in folder.iterdir():
        events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        assert events
        found |= {(str(event["uid"]), path.stem): event.decoded("dtstart") for event in events}
    assert found == {(f"{task.task_id}@tierbook", task.owner or "没有负责人"): task.due for task in tasks}
    assert made.tasks == sum(not task.is_closed for task in tasks)


def test_written_again_the_files_are_the_same_and_a_dry_run_writes_none(forty, tmp_path):
    request = jobs.Request(as_of=AS_OF, book=forty)
    would = calendars(request, tmp_path / "a", dry_run=True)
    assert not (tmp_path / "a").exists()
    made = [calendars(request, tmp_path / "a") for _ in range(2)]
    assert made[0] == made[1] == would


def test_every_system_takes_the_names_and_no_two_are_alike():
    people = ["", "张伟", "张/伟", "张:伟", "CON", "con.x", "Ann", "ann", "..", "很" * 90]
    names = file_names(people, "zh-CN")
    assert names[""] == "没有负责人.ics"
    assert names["张伟"] == "张伟.ics"
    assert len({name.casefold() for name in names.values()}) == len(people)
    assert not any(set(name) & set('/\\:*?"<>|') or name.casefold().startswith("con.") for name in names.values())
    assert all(len(name) < 80 for name in names.values())


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="文件夹"):
        check_folder(tmp_path / "x")

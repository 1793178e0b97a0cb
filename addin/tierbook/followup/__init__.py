"""Results x playbook x calendar x people -> tasks."""

from .calendar import add_workdays
from .records import Queued, Task, TaskPlan
from .tasks import plan_tasks

__all__ = ["Queued", "Task", "TaskPlan", "add_workdays", "plan_tasks"]

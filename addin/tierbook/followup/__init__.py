"""Results x playbook x calendar x people -> tasks."""

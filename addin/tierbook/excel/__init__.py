"""What Excel calls: functions and the scored book in memory."""

"""What is typed about people and organisations. A form says what is wrong with a field; whether something may happen is the action's."""

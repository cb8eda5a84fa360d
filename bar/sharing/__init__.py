"""Opening a share: the door that spans accounts, seats and shares, because the other person may not be known here yet."""

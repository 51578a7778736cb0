"""A build that is disturbed at each of its operations on the disk, one after the other."""

"""The .xlsx/.xlsm package itself: read, own, replace, keep everything else, save safely."""

"""What runs inside LibreOffice's own Python: the standard library only, and no newer than Python 3.8.

`component` alone knows LibreOffice; the others are plain Python. The extension carries copies of these files below
`pythonpath/tierbook_calc/`, in the same folders as here.
"""

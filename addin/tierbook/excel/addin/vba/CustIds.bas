Option Explicit
Option Private Module
' Ids as cells hold them: 1001, "1001", " 1001 ", wide digits, "1001.0", "0012". As ids.py in Python; a test holds the
' two together.

Public Const ID_BLANK As Long = 0
Public Const ID_NUMBER As Long = 1
Public Const ID_WORD As Long = 2
Public Const ID_FRACTION As Long = 3
Public Const ID_REFUSED As Long = 4

Public Function CustKind(cell As Variant, id As String) As Long
    Select Case VarType(cell)
        Case vbEmpty, vbNull
            CustKind = ID_BLANK
        Case vbString
            id = cell
            CustKind = IIf(Trim$(id) = "", ID_BLANK, ID_WORD)
        Case vbBoolean, vbError
            CustKind = ID_REFUSED
        Case Else
            CustKind = CustNumber(CDbl(cell), id)
    End Select
End Function

Private Function CustNumber(cell As Double, id As String) As Long
    ' 1001 is "1001"; beyond 15 digits Excel has lost digits already.
    If Abs(cell) >= 1E+15 Then
        CustNumber = ID_REFUSED
    ElseIf cell = Int(cell) Then
        id = CStr(cell + 0)
        CustNumber = ID_NUMBER
    Else
        CustNumber = ID_FRACTION
    End If
End Function

Public Function CustCleaned(typed As String, plain As String) As Boolean
    ' The id as Python reads it: narrow letters for wide ones, no blanks around it, "1001.0" as "1001".
    ' False where a letter is none of ASCII, its wide forms and Chinese: then only Python knows.
    Dim place As Long, code As Long, first As Long, last As Long
    plain = ""
    For place = 1 To Len(typed)
        code = AscW(Mid$(typed, place, 1)) And &HFFFF&
        If code >= &HFF01& And code <= &HFF5E& Then
            code = code - &HFEE0&
        ElseIf code = &H3000& Or code = &HA0& Then
            code = 32
        ElseIf code > 127 And (code < &H4E00& Or code > &H9FFF&) Then
            Exit Function
        End If
        plain = plain & ChrW$(code)
        If Not CustIsSpace(code) Then
            last = place
            If first = 0 Then first = place
        End If
    Next place
    CustCleaned = True
    If first > 0 Then plain = Mid$(plain, first, last - first + 1) Else plain = ""
    place = InStr(plain, ".")
    If place > 1 Then
        If CustIsWhole(Left$(plain, place - 1), Mid$(plain, place + 1)) Then plain = Left$(plain, place - 1)
    End If
End Function

Private Function CustIsSpace(code As Long) As Boolean
    ' What Python strips, as far as it is ASCII.
    CustIsSpace = code = 32 Or (code >= 9 And code <= 13) Or (code >= 28 And code <= 31)
End Function

Private Function CustIsWhole(front As String, zeros As String) As Boolean
    Dim digits As String
    digits = front
    If Left$(digits, 1) = "-" Then digits = Mid$(digits, 2)
    If digits = "" Or zeros = "" Then Exit Function
    CustIsWhole = CustOnly(digits, "0123456789") And CustOnly(zeros, "0")
End Function

Private Function CustOnly(typed As String, letters As String) As Boolean
    Dim place As Long
    For place = 1 To Len(typed)
        If InStr(letters, Mid$(typed, place, 1)) = 0 Then Exit Function
    Next place
    CustOnly = True
End Function

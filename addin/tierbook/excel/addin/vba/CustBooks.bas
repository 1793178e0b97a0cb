Option Explicit
Option Private Module
' Which book the answers come from: the calling cell's own workbook where it has our tables, else the book of record.
' Python never reads an open workbook: its hidden sheets are handed over, once for every stamp.

Private Const GATEWAY As String = "tierbook.excel.gateway"
Private Const STAMP As String = "_tierbook"
Private Const OTHERS As String = "_tierbook_results _tierbook_why _tierbook_before _tierbook_gap _tierbook_tasks _tierbook_model _tierbook_portraits _tierbook_merged"
Private Const TASKS As String = "_tierbook_tasks"
Private Const ASK_AGAIN As Double = 2
Private Const SAME_CALCULATION As Double = 1.5
Private Const LONGEST_CALCULATION As Double = 60
Private Const LONGEST_HOLD As Double = 3
Private Const MOST As Long = 7

' Open workbooks: their key, when it was read, and for how long it holds.
Private m_paths(0 To MOST) As String
Private m_keys(0 To MOST) As String
Private m_read_at(0 To MOST) As Double
Private m_holds(0 To MOST) As Double
Private m_next As Long
Private m_last As Long

' The book Python answers from, as far as we have told it.
Private m_told As Boolean
Private m_used As String
Private m_used_at As Double

' The book of record: what Python last said it is.
Private m_known As Boolean
Private m_record As String
Private m_record_at As Double
Private m_last_cell As Double

Public Function CustState() As String
    ' A text that changes whenever answers may change. For a workbook with tables it needs no trip.
    Dim key As String, fresh As Boolean
    key = CustBookKey()
    If key <> "" Then
        CustState = key
        Exit Function
    End If
    If m_known Then
        fresh = CustSince(m_record_at) < ASK_AGAIN
        If CustSince(m_last_cell) < SAME_CALCULATION And CustSince(m_record_at) < LONGEST_CALCULATION Then fresh = True
    End If
    If Not fresh Then CustTell ""
    m_last_cell = Timer
    CustState = "|" & m_record
End Function

Public Sub CustUseBook()
    ' Before a trip: Python answers from the book of the calling cell.
    Dim key As String
    key = CustBookKey()
    If m_told And m_used = key And Not CustShared() Then
        If CustSince(m_used_at) < ASK_AGAIN Then Exit Sub
    End If
    CustTell key
End Sub

Public Sub CustForgetBooks()
    ' After another Python was found, or a person asked to begin anew.
    Dim place As Long
    m_told = False
    m_known = False
    For place = 0 To MOST
        m_paths(place) = ""
    Next place
End Sub

Private Sub CustTell(key As String)
    Dim identity As String
    ' "" for an answer: Python does not hold this book, or no more.
    m_told = False
    identity = CStr(CustTrip(GATEWAY, "TB_USE", Array(key)))
    If key <> "" And identity = "" Then
        CustHandOver key
        CustTrip GATEWAY, "TB_USE", Array(key)
    End If
    m_used = key
    m_used_at = Timer
    m_told = True
    If key = "" Then
        m_known = True
        m_record = identity
        m_record_at = m_used_at
    End If
End Sub

Private Sub CustHandOver(key As String)
    ' Whole sheets, the stamp last: it completes the book.
    Dim sheet_names As Variant, place As Long, cells As Variant
    sheet_names = Split(OTHERS & " " & STAMP, " ")
    For place = LBound(sheet_names) To UBound(sheet_names)
        cells = CustSheetValues(CustCallingBook(), CStr(sheet_names(place)))
        If IsArray(cells) Then CustTrip GATEWAY, "TB_HAND_OVER", Array(key, CStr(sheet_names(place)), cells)
    Next place
End Sub

Public Function CustBookKey() As String
    ' "path|stamp" of the calling cell's workbook, "" where it has no tables of ours. Read again after a second,
    ' later where reading takes long.
    Dim book As Object, path As String, found As Long, began As Double
    Set book = CustCallingBook()
    If book Is Nothing Then Exit Function
    path = book.FullName
    found = CustKnownBook(path)
    If m_paths(found) = "" Or CustSince(m_read_at(found)) >= m_holds(found) Then
        began = Timer
        m_keys(found) = CustReadKey(book, path)
        m_paths(found) = path
        m_holds(found) = 1 + 20 * CustSince(began)
        If m_holds(found) > LONGEST_HOLD Then m_holds(found) = LONGEST_HOLD
        m_read_at(found) = Timer
    End If
    CustBookKey = m_keys(found)
End Function

Private Function CustKnownBook(path As String) As Long
    ' The place of a workbook among those looked at; a new one takes the place of the first.
    Dim place As Long
    If m_paths(m_last) <> path Then
        For place = 0 To MOST
            If m_paths(place) = path Then Exit For
        Next place
        If place > MOST Then
            place = m_next
            m_next = (m_next + 1) Mod (MOST + 1)
            m_paths(place) = ""
        End If
        m_last = place
    End If
    CustKnownBook = m_last
End Function

Private Function CustReadKey(book As Object, path As String) As String
    Dim cells As Variant, row As Long, first As Long, says As String, stamped As String, ours As Boolean
    cells = CustSheetValues(book, STAMP)
    If Not IsArray(cells) Then Exit Function
    first = LBound(cells, 2)
    If UBound(cells, 2) = first Then Exit Function
    For row = LBound(cells, 1) To UBound(cells, 1)
        says = CStr(cells(row, first))
        If says = "format" Then ours = True
        If Left$(says, 5) <> "name." And Left$(says, 6) <> "sheet." Then
            stamped = stamped & CStr(cells(row, first + 1)) & ";"
        End If
    Next row
    If ours Then CustReadKey = path & "|" & Replace(stamped, "|", "/") & CustDigest(CustSheetValues(book, TASKS))
End Function

Private Function CustDigest(cells As Variant) As String
    ' Tasks change between two refreshes, which the stamp does not tell.
    Dim row As Long, column As Long, place As Long, says As String, total As Double
    If Not IsArray(cells) Then Exit Function
    For row = LBound(cells, 1) To UBound(cells, 1)
        For column = LBound(cells, 2) To UBound(cells, 2)
            says = CStr(cells(row, column))
            total = CustMixed(total, Len(says))
            For place = 1 To Len(says)
                total = CustMixed(total, AscW(Mid$(says, place, 1)) And &HFFFF&)
            Next place
        Next column
    Next row
    CustDigest = CStr(total)
End Function

Private Function CustMixed(total As Double, code As Long) As Double
    ' Below a prime under 2^40, so that the product stays exact in a Double.
    Dim mixed As Double
    mixed = total * 131 + code
    CustMixed = mixed - Int(mixed / 1099511627689#) * 1099511627689#
End Function

Private Function CustSheetValues(book As Object, sheet_name As String) As Variant
    ' Values of one sheet from A1; Empty where the workbook has none of this name.
    Dim sheet As Object, used As Object
    On Error Resume Next
    Set sheet = book.Worksheets(sheet_name)
    On Error GoTo 0
    If sheet Is Nothing Then Exit Function
    Set used = sheet.UsedRange
    Set used = sheet.Range(sheet.Cells(1, 1), sheet.Cells(used.Row + used.Rows.Count - 1, used.Column + used.Columns.Count - 1))
    CustSheetValues = CustValue(used)
End Function

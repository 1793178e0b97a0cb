Option Explicit
Option Private Module
' In place of the add-in's CustLink: Python stands behind a UNO service, and a test can break the connection.

Private m_service As Object
Private m_wizard As Boolean
Private m_shared As Boolean
Private m_down As Boolean
Private m_lost As Long
Private m_book As String
Private m_used As Long

Public Sub LinkSet(what As String, value As Long)
    Select Case what
        Case "wizard": m_wizard = value <> 0
        Case "shared": m_shared = value <> 0
        Case "down": m_down = value <> 0
        Case "lost": m_lost = value
        Case "used": m_used = value
    End Select
End Sub

Public Sub LinkCallFrom(book As String)
    ' The cells that ask stand in this open workbook from now on.
    m_book = book
End Sub

Public Sub CustConnect()
    If m_down Then Err.Raise 1000, "test", "no Python here"
    If m_service Is Nothing Then Set m_service = CreateUnoService("tierbook.test.Python")
End Sub

Public Sub CustDisconnect()
    Set m_service = Nothing
End Sub

Public Function CustLost(number As Long) As Boolean
    If number <> 462 Then Exit Function
    CustDisconnect
    CustLost = True
End Function

Public Function CustShared() As Boolean
    CustShared = m_shared
End Function

Public Function CustInWizard() As Boolean
    CustInWizard = m_wizard
End Function

Public Function CustWords(key As String) As String
    CustWords = key & ":"
End Function

Public Function CustCallingBook() As Object
    If m_book = "" Then
        Set CustCallingBook = ThisWorkbook
    Else
        Set CustCallingBook = Workbooks(m_book)
    End If
End Function

Public Function CustTransport(module_name As String, called As String, values As Variant) As Variant
    Dim sent() As Variant, place As Long, answer As Variant
    If m_lost > 0 Then
        m_lost = m_lost - 1
        Err.Raise 462, "test", "the remote server is gone"
    End If
    If UBound(values) < LBound(values) Then
        answer = m_service.CallUDF(module_name, called, Array())
    Else
        ReDim sent(LBound(values) To UBound(values))
        For place = LBound(values) To UBound(values)
            sent(place) = LinkSent(values(place))
        Next place
        answer = m_service.CallUDF(module_name, called, sent)
    End If
    CustTransport = LinkReceived(answer)
End Function

Private Function LinkSent(value As Variant) As Variant
    ' Error values as COM hands them over: a status code.
    Dim row As Long, column As Long
    If IsArray(value) Then
        If CustDimensions(value) = 2 Then
            For row = LBound(value, 1) To UBound(value, 1)
                For column = LBound(value, 2) To UBound(value, 2)
                    If IsError(value(row, column)) Then value(row, column) = LinkCode(value(row, column))
                Next column
            Next row
        End If
        LinkSent = value
    ElseIf IsError(value) Then
        LinkSent = LinkCode(value)
    Else
        LinkSent = value
    End If
End Function

Private Function LinkCode(value As Variant) As Long
    LinkCode = -2146828288 + CLng(Mid(CStr(value), 7))
End Function

Private Function LinkReceived(answer As Variant) As Variant
    ' Rows in a row, as UNO has them, to two dimensions.
    Dim cells() As Variant, row As Long, column As Long
    LinkReceived = answer
    If Not IsArray(answer) Then Exit Function
    If UBound(answer) < LBound(answer) Then Exit Function
    If Not IsArray(answer(LBound(answer))) Then Exit Function
    ReDim cells(0 To UBound(answer), 0 To UBound(answer(0)))
    For row = 0 To UBound(answer)
        For column = 0 To UBound(answer(row))
            cells(row, column) = answer(row)(column)
        Next column
    Next row
    LinkReceived = cells
End Function

Public Function CustValue(cells As Variant) As Variant
    ' LibreOffice gives an error cell as a number: the cell itself must be asked.
    ' "used" rows: the rest of the sheet is blank, as in a whole column.
    Dim values As Variant, data As Variant, row As Long, column As Long
    If m_used > 0 And m_used < cells.Rows.Count Then
        CustValue = CustValue(cells.Resize(m_used, cells.Columns.Count))
        Exit Function
    End If
    values = cells.Value
    data = cells.CellRange.getDataArray()
    If Not IsArray(values) Then
        If IsEmpty(data(0)(0)) Then values = LinkError(cells.CellRange, 0, 0)
    Else
        For row = 0 To UBound(data)
            For column = 0 To UBound(data(row))
                If IsEmpty(data(row)(column)) Then
                    values(row + LBound(values, 1), column + LBound(values, 2)) = LinkError(cells.CellRange, column, row)
                End If
            Next column
        Next row
    End If
    CustValue = values
End Function

Private Function LinkError(cells As Object, column As Long, row As Long) As Variant
    Select Case cells.getCellByPosition(column, row).getError()
        Case 32767: LinkError = CVErr(2042)
        Case 532: LinkError = CVErr(2007)
        Case 519, 504: LinkError = CVErr(2015)
        Case 524: LinkError = CVErr(2023)
        Case 525: LinkError = CVErr(2029)
        Case 502, 503: LinkError = CVErr(2036)
        Case 521: LinkError = CVErr(2000)
    End Select
End Function

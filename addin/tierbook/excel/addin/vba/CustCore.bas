Option Explicit
Option Private Module
' What every CUST_* function of a cell goes through: plain values in, answers or real errors out.
' Never a message box: a cell that calculates must not wait for anybody.
' Above it stands CustFunctions (one line a function), below it CustCache, CustBooks and CustLink.

Private Const FUNCTIONS As String = "tierbook.excel.functions"
Private Const RETRY_AFTER As Double = 10
Private Const IN_WIZARD As Long = 31001
Private Const OUT_OF_REACH As Long = 31002

Private m_failed As Boolean
Private m_failed_at As Double
Private m_reason As String

Public Function CustEach(called As String, values As Variant) As Variant
    ' A function that answers each id of its first argument, in the shape of the ids.
    CustEach = CustRun(called, values, True)
End Function

Public Function CustWhole(called As String, values As Variant) As Variant
    ' A function whose answer is one value or one table.
    CustWhole = CustRun(called, values, False)
End Function

Private Function CustRun(called As String, values As Variant, by_customer As Boolean) As Variant
    Dim again As Boolean, number As Long, reason As String
    On Error GoTo failed
once_more:
    If by_customer Then
        CustRun = CustAnswers(called, values)
    Else
        CustRun = CustCells(CustAsk(called, CustPlainAll(values)))
    End If
    Exit Function
failed:
    number = Err.Number
    reason = Err.Description
    If CustLost(number) Then
        CustForgetBooks
        If Not again Then
            again = True
            Resume once_more
        End If
        number = OUT_OF_REACH
    End If
    CustRun = CustTrouble(called, number, reason)
End Function

Private Function CustAnswers(called As String, values As Variant) As Variant
    Dim plain As Variant, place As Long, one As Boolean
    plain = CustPlainAll(values)
    one = True
    For place = LBound(plain) To UBound(plain)
        If IsArray(plain(place)) Then one = False
    Next place
    If one Then
        CustAnswers = CustOne(called, plain)
    Else
        CustAnswers = CustCells(CustBlock(called, plain))
        If IsArray(plain(LBound(plain))) Then
            CustAnswers = CustPadded(CustAnswers, plain(LBound(plain)), values(LBound(values)))
        End If
    End If
End Function

Private Function CustTrouble(called As String, number As Long, reason As String) As Variant
    ' In the wizard nothing yet; where a text is welcome the reason; else an error no formula takes for "unknown".
    If number = IN_WIZARD Then
        CustTrouble = ""
    ElseIf called = "CUST_STAMP" Or called = "CUST_WHY" Then
        CustTrouble = CustWords(IIf(number = OUT_OF_REACH, "out_of_reach", "went_wrong")) & " " & reason
    ElseIf number = OUT_OF_REACH Then
        CustTrouble = CVErr(2023)
    Else
        CustTrouble = CVErr(2015)
    End If
End Function

Private Function CustBlock(called As String, values As Variant) As Variant
    ' Many ids in one trip.
    Dim sent(0 To 3) As Variant, place As Long
    sent(0) = called
    For place = LBound(values) To UBound(values)
        sent(place - LBound(values) + 1) = CustToldError(values(place))
    Next place
    CustUseBook
    CustBlock = CustTrip("tierbook.excel.blocks", "TB_BLOCK", sent)
End Function

Public Function CustAsk(called As String, values As Variant) As Variant
    ' One function of Python, about the book of the calling cell.
    CustUseBook
    CustAsk = CustTrip(FUNCTIONS, called, values)
End Function

Public Function CustTrip(module_name As String, called As String, values As Variant) As Variant
    ' Every round trip to Python passes here. One that failed to connect is not tried again for a while.
    If CustInWizard() Then Err.Raise IN_WIZARD, "tierbook", "wizard"
    If m_failed Then
        If CustSince(m_failed_at) < RETRY_AFTER Then Err.Raise OUT_OF_REACH, "tierbook", m_reason
    End If
    CustReach
    CustTrip = CustTransport(module_name, called, values)
End Function

Private Sub CustReach()
    On Error GoTo failed
    CustConnect
    m_failed = False
    Exit Sub
failed:
    m_reason = Err.Description
    m_failed = True
    m_failed_at = Timer
    Err.Raise OUT_OF_REACH, "tierbook", m_reason
End Sub

Public Sub CustForget()
    ' Begin anew: no answers remembered, no book in use, and connect again at once.
    m_failed = False
    CustForgetBooks
    CustForgetAnswers
    CustDisconnect
End Sub

Public Function CustSince(moment As Double) As Double
    ' Seconds since Timer said so; Timer begins anew at midnight.
    CustSince = Timer - moment
    If CustSince < 0 Then CustSince = CustSince + 86400
End Function

Private Function CustPlainAll(values As Variant) As Variant
    ' The arguments without ranges: what a cell or a block holds, dates as serial numbers.
    Dim plain() As Variant, place As Long
    If UBound(values) < LBound(values) Then
        CustPlainAll = values
        Exit Function
    End If
    ReDim plain(LBound(values) To UBound(values))
    For place = LBound(values) To UBound(values)
        If IsObject(values(place)) Then
            plain(place) = CustValue(values(place))
        Else
            plain(place) = values(place)
        End If
    Next place
    CustPlainAll = plain
End Function

Public Function CustCells(answer As Variant) As Variant
    ' The answer with real errors in place of their texts.
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        CustCells = CustCell(answer)
        Exit Function
    End If
    If CustDimensions(answer) = 1 Then
        For row = LBound(answer) To UBound(answer)
            answer(row) = CustCell(answer(row))
        Next row
    Else
        For row = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(row, column) = CustCell(answer(row, column))
            Next column
        Next row
    End If
    CustCells = answer
End Function

Public Function CustCell(value As Variant) As Variant
    CustCell = value
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 1) <> "#" Then Exit Function
    Select Case value
        Case "#NULL!": CustCell = CVErr(2000)
        Case "#DIV/0!": CustCell = CVErr(2007)
        Case "#VALUE!": CustCell = CVErr(2015)
        Case "#REF!": CustCell = CVErr(2023)
        Case "#NAME?": CustCell = CVErr(2029)
        Case "#NUM!": CustCell = CVErr(2036)
        Case "#N/A": CustCell = CVErr(2042)
        Case "#GETTING_DATA": CustCell = CVErr(2043)
        Case "#SPILL!": CustCell = CVErr(2045)
        Case "#CALC!": CustCell = CVErr(2050)
    End Select
End Function

Public Function CustToldError(value As Variant) As Variant
    ' An error value as its text; all else as it is.
    Dim texts As Variant, place As Long
    CustToldError = value
    If VarType(value) <> vbError Then Exit Function
    texts = Array("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
    For place = LBound(texts) To UBound(texts)
        If CStr(CustCell(texts(place))) = CStr(value) Then CustToldError = texts(place)
    Next place
    If IsError(CustToldError) Then CustToldError = "#VALUE!"
End Function

Public Function CustDimensions(values As Variant) As Long
    Dim last As Long
    On Error GoTo one
    last = UBound(values, 2)
    CustDimensions = 2
    Exit Function
one:
    CustDimensions = 1
End Function

Private Function CustPadded(answer As Variant, sent As Variant, asked As Variant) As Variant
    ' A whole column is read only as far as its sheet is used: below that the answer is blank.
    Dim rows As Long, row As Long, column As Long, padded() As Variant
    CustPadded = answer
    If Not IsObject(asked) Then Exit Function
    rows = UBound(sent, 1) - LBound(sent, 1) + 1
    If rows = asked.Rows.Count Then Exit Function
    ReDim padded(1 To asked.Rows.Count, 1 To asked.Columns.Count)
    For row = 1 To UBound(padded, 1)
        For column = 1 To UBound(padded, 2)
            If row > rows Then
                padded(row, column) = ""
            Else
                padded(row, column) = answer(LBound(answer, 1) + row - 1, LBound(answer, 2) + column - 1)
            End If
        Next column
    Next row
    CustPadded = padded
End Function

Option Explicit
' A button is one call into Python. It starts when the macro that was pressed has ended, because Python may close
' the workbook and open it again.

Private Const VERBS As String = " @VERBS@ "
Private m_waiting As String
Private m_busy As Boolean

Public Sub CustPressLater(verb As String)
    If m_busy Or m_waiting <> "" Then Exit Sub
    If InStr(1, VERBS, " " & verb & " ", vbBinaryCompare) = 0 Then Exit Sub
    On Error GoTo failed
    m_waiting = verb
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!CustPress"
    Exit Sub
failed:
    m_waiting = ""
    CustTell Err.Description
End Sub

Public Sub CustPress()
    Dim verb As String
    Dim trouble As String
    verb = m_waiting
    m_waiting = ""
    If verb = "" Or m_busy Then Exit Sub
    If ActiveWorkbook Is Nothing Then
        CustShow CustText("no_workbook"), CustText("title"), vbInformation
        Exit Sub
    End If
    m_busy = True
    On Error GoTo failed
    CustRunPython "from tierbook.excel import buttons; buttons.press('" & verb & "')"
    m_busy = False
    CustRibbonRefresh
    Exit Sub
failed:
    trouble = Err.Description
    m_busy = False
    CustTell trouble
End Sub

Private Sub CustTell(trouble As String)
    Dim words As String
    words = CustText("failed")
    If trouble <> "" Then words = words & vbLf & vbLf & trouble
    CustShow words, CustText("title"), vbExclamation
End Sub

Option Explicit
' What happens once, when the add-in is loaded.

Private m_events As CustEvents

Public Sub CustLoaded()
    Set m_events = New CustEvents
    Set m_events.App = Application
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!CustDescribe"
End Sub

' Help texts and category of the worksheet functions, from the sheet "help". Excel refuses them for a hidden
' workbook; then the add-in is none for a moment. Without help texts the functions work all the same, so nobody
' hears of it when this fails.
Public Sub CustDescribe()
    Dim was_updating As Boolean
    If CustDescribeAll() Then Exit Sub
    On Error Resume Next
    was_updating = Application.ScreenUpdating
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False
    ThisWorkbook.Windows(1).Visible = True
    CustDescribeAll
    ThisWorkbook.Windows(1).Visible = False
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = True
    Application.ScreenUpdating = was_updating
End Sub

' One row for each function: name, category, help, then one help for each argument.
Private Function CustDescribeAll() As Boolean
    Dim texts As Variant
    Dim row As Long
    On Error GoTo failed
    texts = ThisWorkbook.Worksheets("help").UsedRange.Value
    For row = 2 To UBound(texts, 1)
        CustDescribeOne texts, row
    Next row
    ThisWorkbook.Saved = True
    CustDescribeAll = True
failed:
End Function

Private Sub CustDescribeOne(texts As Variant, row As Long)
    Dim helps() As String
    Dim macro As String
    Dim count As Long
    Dim place As Long
    macro = "'" & ThisWorkbook.Name & "'!" & texts(row, 1)
    For place = 4 To UBound(texts, 2)
        If Len(texts(row, place) & "") > 0 Then count = count + 1
    Next place
    If count = 0 Then
        Application.MacroOptions Macro:=macro, Category:=texts(row, 2), Description:=texts(row, 3)
        Exit Sub
    End If
    ReDim helps(1 To count)
    For place = 1 To count
        helps(place) = texts(row, place + 3)
    Next place
    Application.MacroOptions Macro:=macro, Category:=texts(row, 2), Description:=texts(row, 3), _
        ArgumentDescriptions:=helps
End Sub

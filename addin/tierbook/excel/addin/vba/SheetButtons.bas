Option Explicit
' What the buttons on this book's sheets run. The work is done by the add-in; without it a person is told what to do
' in the words of this book, which stand in the cell that the name below points to.

Private Const ADDIN As String = "tierbook.xlam"
Private Const WORDS As String = "@WORDS@"

Private Sub CustSend(verb As String)
    On Error GoTo missing
    Application.Run "'" & ADDIN & "'!CustPressLater", verb
    Exit Sub
missing:
    CustShow CustMissing(), "tierbook", vbExclamation
End Sub

Private Function CustMissing() As String
    CustMissing = "The add-in tierbook.xlam is not loaded. Install it with: tierbook addin install"
    On Error Resume Next
    CustMissing = ThisWorkbook.Names(WORDS).RefersToRange.Cells(1, 1).Value
End Function

Option Explicit
Option Private Module
' A message that shows Chinese on any Windows: VBA's own MsgBox has only the letters of the machine's code page.

Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal words As LongPtr, _
    ByVal title As LongPtr, ByVal style As Long) As Long

Public Sub CustShow(words As String, title As String, style As Long)
    Dim answer As Long
    On Error GoTo plain
    answer = MessageBoxW(Application.Hwnd, StrPtr(words), StrPtr(title), style)
    Exit Sub
plain:
    MsgBox words, style, title
End Sub

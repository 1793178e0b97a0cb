Option Explicit
Option Private Module
' The only module that knows Excel's connection to Python: xlwings' COM object, kept for the session.
' (xlwings' own wrappers read some fifteen settings and load a library again for every cell.)
' Tests put another module of this name in its place.

Private m_python As Object
Private m_shared As Boolean

Public Sub CustConnect()
    ' Reads the settings once. With a class id in them, Python was started outside Excel and waits there.
    Dim class_id As String
    If Not m_python Is Nothing Then Exit Sub
    class_id = GetConfig("COM SERVER CLSID", "")
    m_shared = class_id <> ""
    If m_shared Then
        Set m_python = GetObject("new:" & class_id)
    Else
        Set m_python = XLPy()
    End If
End Sub

Public Sub CustDisconnect()
    Set m_python = Nothing
End Sub

Public Sub CustRunPython(code As String)
    ' For buttons: the Python of the cells runs it, with the workbook in front as the calling one. xlwings' RunPython
    ' would start another one, and cannot where Excel may not start programs.
    Dim again As Boolean
    On Error GoTo failed
once_more:
    CustConnect
    m_python.SetAttr m_python.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
    On Error GoTo 0
    m_python.Exec code
    Exit Sub
failed:
    If Not again And CustLost(Err.Number) Then
        again = True
        Resume once_more
    End If
    Err.Raise Err.Number, "tierbook", Err.Description
End Sub

Public Function CustTransport(module_name As String, called As String, values As Variant) As Variant
    CustTransport = m_python.CallUDF(module_name, called, values)
End Function

Public Function CustLost(number As Long) As Boolean
    ' Whether this error says that the Python process is gone; then the next connection is a new one.
    Select Case number
        Case 462, &H800706BA, &H800706BE, &H80010108, &H80010007, &H800401FD
            CustDisconnect
            CustLost = True
    End Select
End Function

Public Function CustShared() As Boolean
    ' Whether other Excels may use the same Python, and choose another book between two calls.
    CustShared = m_shared
End Function

Public Function CustValue(cells As Variant) As Variant
    ' Value2: dates as serial numbers, no Currency. A whole column only as far as its sheet is used, two rows at least,
    ' so that it stays a block.
    Dim last As Long
    If cells.Rows.Count < cells.Worksheet.Rows.Count Then
        CustValue = cells.Value2
        Exit Function
    End If
    last = cells.Worksheet.UsedRange.Row + cells.Worksheet.UsedRange.Rows.Count - 1
    If last < 2 Then last = 2
    CustValue = cells.Resize(last, cells.Columns.Count).Value2
End Function

Public Function CustCallingBook() As Object
    On Error Resume Next
    If TypeName(Application.Caller) = "Range" Then Set CustCallingBook = Application.Caller.Worksheet.Parent
    If CustCallingBook Is Nothing Then Set CustCallingBook = Application.ActiveWorkbook
End Function

Public Function CustInWizard() As Boolean
    ' While the function wizard is open, Excel disables its standard buttons.
    On Error Resume Next
    CustInWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function

Public Function CustWords(key As String) As String
    ' In the language of Excel's menus.
    If key = "out_of_reach" Then
        CustWords = CustText("out_of_reach")
    Else
        CustWords = CustText("went_wrong")
    End If
End Function

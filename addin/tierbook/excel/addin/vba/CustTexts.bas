Option Explicit
Option Private Module
' Words for people. They stand on the sheet "texts" of this add-in, since VBA source is ASCII:
' column 1 key, 2 zh-CN, 3 zh-TW, 4 en.

Private m_texts As Variant
Private m_column As Long

Public Function CustText(key As String) As String
    Dim place As Long
    If IsEmpty(m_texts) Then
        m_texts = ThisWorkbook.Worksheets("texts").UsedRange.Value
        m_column = CustTextColumn()
    End If
    For place = 2 To UBound(m_texts, 1)
        If m_texts(place, 1) = key Then
            CustText = m_texts(place, m_column)
            Exit Function
        End If
    Next place
    CustText = key
End Function

' The language of Excel's own menus.
Private Function CustTextColumn() As Long
    Dim language As Long
    On Error Resume Next
    language = Application.LanguageSettings.LanguageID(2)
    On Error GoTo 0
    Select Case language
        Case 2052, 4100
            CustTextColumn = 2
        Case 1028, 3076, 5124
            CustTextColumn = 3
        Case Else
            CustTextColumn = 4
    End Select
End Function

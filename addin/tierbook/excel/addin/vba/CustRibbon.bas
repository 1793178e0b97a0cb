Option Explicit
' Callbacks of the ribbon tab. A control's tag is its verb; captions and tips stand on the sheet "texts".

Private m_ribbon As IRibbonUI

Public Sub CustRibbonLoaded(ribbon As IRibbonUI)
    Set m_ribbon = ribbon
End Sub

' The pointer is lost when VBA is reset; the tab then keeps its last state.
Public Sub CustRibbonRefresh()
    If Not m_ribbon Is Nothing Then m_ribbon.Invalidate
End Sub

Public Sub CustRibbonLabel(control As IRibbonControl, ByRef label As Variant)
    label = CustText("caption_" & control.Tag)
End Sub

Public Sub CustRibbonTip(control As IRibbonControl, ByRef tip As Variant)
    tip = CustText("tip_" & control.Tag)
End Sub

Public Sub CustRibbonEnabled(control As IRibbonControl, ByRef enabled As Variant)
    enabled = False
    If ActiveWorkbook Is Nothing Then Exit Sub
    Select Case control.Tag
        Case "settings", "help"
            enabled = True
        Case Else
            enabled = CustIsOurs(ActiveWorkbook)
    End Select
End Sub

Public Sub CustRibbonPressed(control As IRibbonControl)
    CustPressLater control.Tag
End Sub

' A book of tierbook: refreshed once (it has our hidden sheet), or born from our template (it has our marks).
Private Function CustIsOurs(book As Workbook) As Boolean
    On Error Resume Next
    CustIsOurs = Not book.Worksheets("_tierbook") Is Nothing
    If Not CustIsOurs Then CustIsOurs = (Len(book.Names("_tierbook.tiers").RefersTo) > 0)
End Function

Option Explicit
Option Private Module
' Answers of single cells, from memory. The first cell that asks something new is answered alone; with the second
' all answers of that question come in one trip, sorted by id as StrComp sorts. A question is a function with its
' options about one state of one book: when the stamp changes it is another question, and the old one is dropped.

Private Const SLOTS As Long = 47
Private Const MOST_ROWS As Long = 2000000
Private Const REST As Double = 2
Private Const ALONE As Long = 8191

Private m_questions(0 To SLOTS) As String
Private m_states(0 To SLOTS) As String
Private m_used_at(0 To SLOTS) As Double
Private m_taken(0 To SLOTS) As Boolean
Private m_tables(0 To SLOTS) As Variant
Private m_rows(0 To SLOTS) As Long
Private m_same(0 To SLOTS) As Variant
Private m_fractions(0 To SLOTS) As Boolean
Private m_last As Long

' Texts asked one by one: a table of places found by a number made from the text.
Private m_asked(0 To ALONE) As String
Private m_answers(0 To ALONE) As Variant
Private m_asked_count As Long

Public Function CustOne(called As String, values As Variant) As Variant
    ' The answer for one cell: values(0) is the id, then the options; none of them an array.
    Dim state As String, question As String, slot As Long, id As String, kind As Long, answer As Variant
    kind = CustKind(values(LBound(values)), id)
    If kind = ID_BLANK Then
        CustOne = ""
        Exit Function
    End If
    state = CustState()
    question = CustQuestion(state, called, values)
    slot = CustSlot(question)
    If slot < 0 Then
        CustOpen question, state
        CustOne = CustAlone(question, called, values)
    ElseIf m_taken(slot) Then
        CustOne = CustFound(slot, kind, id, called, values)
    ElseIf CustRemembered(question & CustTyped(values(LBound(values))), answer) Then
        CustOne = answer
    Else
        CustTake slot, called, values
        CustOne = CustFound(slot, kind, id, called, values)
    End If
End Function

Public Sub CustForgetAnswers()
    Dim slot As Long
    For slot = 0 To SLOTS
        CustClose slot
    Next slot
    CustForgetAlone
End Sub

' --- questions ---

Private Function CustQuestion(state As String, called As String, values As Variant) As String
    Dim place As Long, question As String
    question = state & vbLf & called & vbLf
    For place = LBound(values) + 1 To UBound(values)
        question = question & CustTyped(values(place)) & vbLf
    Next place
    CustQuestion = question
End Function

Private Function CustTyped(value As Variant) As String
    ' 1 and "1" are not the same question.
    If VarType(value) <> vbEmpty Then CustTyped = VarType(value) & ":" & CStr(value)
End Function

Private Function CustSlot(question As String) As Long
    Dim slot As Long, found As Long
    found = -1
    If m_questions(m_last) = question Then
        found = m_last
    Else
        For slot = 0 To SLOTS
            If m_questions(slot) = question Then found = slot
        Next slot
    End If
    CustSlot = found
    If found < 0 Then Exit Function
    m_last = found
    m_used_at(found) = Timer
End Function

Private Sub CustOpen(question As String, state As String)
    ' Room for a new question, if there is any: one that a running calculation still uses is never dropped,
    ' since then a sheet with many questions would fetch each of them again for every row.
    Dim slot As Long, free As Long
    free = -1
    For slot = 0 To SLOTS
        If m_questions(slot) <> "" And m_states(slot) <> state Then
            If CustPlace(m_states(slot)) = CustPlace(state) Then CustClose slot
        End If
        If m_questions(slot) = "" Then free = slot
    Next slot
    If free < 0 Then free = CustOldest()
    If free < 0 Then Exit Sub
    CustClose free
    m_questions(free) = question
    m_states(free) = state
    m_used_at(free) = Timer
End Sub

Private Function CustPlace(state As String) As String
    ' The book without its stamp.
    CustPlace = Left$(state, InStr(state, "|"))
End Function

Private Function CustOldest() As Long
    ' The question nobody asked for the longest time; -1 while all of them are in use.
    Dim slot As Long, found As Long, longest As Double
    found = -1
    longest = REST
    For slot = 0 To SLOTS
        If m_questions(slot) <> "" And CustSince(m_used_at(slot)) >= longest Then
            longest = CustSince(m_used_at(slot))
            found = slot
        End If
    Next slot
    CustOldest = found
End Function

Private Sub CustClose(slot As Long)
    m_questions(slot) = ""
    m_states(slot) = ""
    m_taken(slot) = False
    m_tables(slot) = Empty
    m_rows(slot) = 0
    m_same(slot) = Empty
End Sub

' --- all answers of one question ---

Private Sub CustTake(slot As Long, called As String, values As Variant)
    Dim answer As Variant, options(0 To 1) As Variant, place As Long
    For place = LBound(values) + 1 To UBound(values)
        options(place - LBound(values) - 1) = CustToldError(values(place))
    Next place
    CustUseBook
    answer = CustTrip("tierbook.excel.gateway", "TB_SNAPSHOT", Array(called, options(0), options(1)))
    CustKeep slot, answer
    CustShed slot
End Sub

Private Sub CustKeep(slot As Long, answer As Variant)
    ' Two columns, id and answer; one customer comes as a row, none or an error for all as a single value.
    Dim one(0 To 0, 0 To 1) As Variant, row As Long
    m_same(slot) = Empty
    m_rows(slot) = 0
    m_fractions(slot) = False
    m_taken(slot) = True
    If Not IsArray(answer) Then
        If IsError(CustCell(answer)) Then m_same(slot) = CustCell(answer)
        Exit Sub
    End If
    If CustDimensions(answer) = 1 Then
        one(0, 0) = answer(LBound(answer))
        one(0, 1) = answer(LBound(answer) + 1)
        m_tables(slot) = one
    Else
        m_tables(slot) = answer
    End If
    m_rows(slot) = UBound(m_tables(slot), 1) + 1
    For row = 0 To m_rows(slot) - 1
        m_tables(slot)(row, 1) = CustCell(m_tables(slot)(row, 1))
        If InStr(m_tables(slot)(row, 0), ".") + InStr(m_tables(slot)(row, 0), "e-") > 0 Then m_fractions(slot) = True
    Next row
End Sub

Private Sub CustShed(keep As Long)
    ' Not more in memory than a 32-bit Excel bears.
    Dim slot As Long, total As Long
    For slot = 0 To SLOTS
        total = total + m_rows(slot)
    Next slot
    Do While total > MOST_ROWS
        m_used_at(keep) = Timer
        slot = CustOldest()
        If slot < 0 Or slot = keep Then Exit Sub
        total = total - m_rows(slot)
        CustClose slot
    Loop
End Sub

Private Function CustFound(slot As Long, kind As Long, id As String, called As String, values As Variant) As Variant
    Dim cell As Variant, answer As Variant
    cell = values(LBound(values))
    answer = CVErr(2042)
    If kind = ID_WORD Then
        answer = CustFoundText(slot, id, called, values)
    ElseIf Not IsEmpty(m_same(slot)) Then
        answer = m_same(slot)
    ElseIf kind = ID_NUMBER Then
        CustRow slot, id, answer
    ElseIf kind = ID_FRACTION Then
        If m_fractions(slot) Then answer = CustAlone(m_questions(slot), called, values)
    ElseIf VarType(cell) = vbBoolean Then
        answer = CVErr(2015)
    ElseIf IsError(cell) Then
        answer = cell
    Else
        answer = CVErr(2036)
    End If
    CustFound = answer
End Function

Private Function CustFoundText(slot As Long, id As String, called As String, values As Variant) As Variant
    ' As it stands; else as Python would read it; else Python itself.
    Dim answer As Variant, plain As String
    If Not CustRow(slot, id, answer) Then
        If Not CustCleaned(id, plain) Then
            answer = CustAlone(m_questions(slot), called, values)
        ElseIf plain = "" Then
            answer = ""
        ElseIf Not IsEmpty(m_same(slot)) Then
            answer = m_same(slot)
        ElseIf IsError(CustCell(plain)) Then
            answer = CustCell(plain)
        ElseIf plain = id Then
            answer = CVErr(2042)
        ElseIf Not CustRow(slot, plain, answer) Then
            answer = CVErr(2042)
        End If
    End If
    CustFoundText = answer
End Function

Private Function CustRow(slot As Long, id As String, answer As Variant) As Boolean
    Dim low As Long, high As Long, middle As Long, order As Long
    high = m_rows(slot) - 1
    Do While low <= high
        middle = (low + high) \ 2
        order = StrComp(m_tables(slot)(middle, 0), id, vbBinaryCompare)
        If order = 0 Then
            answer = m_tables(slot)(middle, 1)
            CustRow = True
            Exit Function
        ElseIf order < 0 Then
            low = middle + 1
        Else
            high = middle - 1
        End If
    Loop
End Function

' --- cells that Python answers one by one ---

Private Function CustAlone(question As String, called As String, values As Variant) As Variant
    Dim asked As String, answer As Variant, place As Long
    asked = question & CustTyped(values(LBound(values)))
    If Not CustRemembered(asked, answer) Then
        answer = CustCell(CustAsk(called, values))
        If m_asked_count > ALONE \ 2 Then CustForgetAlone
        place = CustSpot(asked)
        m_asked(place) = asked
        m_answers(place) = answer
        m_asked_count = m_asked_count + 1
    End If
    CustAlone = answer
End Function

Private Function CustRemembered(asked As String, answer As Variant) As Boolean
    Dim place As Long
    place = CustSpot(asked)
    If m_asked(place) = "" Then Exit Function
    answer = m_answers(place)
    CustRemembered = True
End Function

Private Function CustSpot(asked As String) As Long
    ' Where the text stands, or the free place where it would.
    Dim place As Long, total As Long
    For place = 1 To Len(asked)
        total = (total * 31 + (AscW(Mid$(asked, place, 1)) And &HFFFF&)) Mod (ALONE + 1)
    Next place
    Do While m_asked(total) <> ""
        If m_asked(total) = asked Then Exit Do
        total = (total + 1) Mod (ALONE + 1)
    Loop
    CustSpot = total
End Function

Private Sub CustForgetAlone()
    Dim place As Long
    For place = 0 To ALONE
        m_asked(place) = ""
        m_answers(place) = Empty
    Next place
    m_asked_count = 0
End Sub

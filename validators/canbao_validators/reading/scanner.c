/* The compiled scanner: where the cells of a slab are, and what they hold, for the forms that Python has learnt.

   It knows no form by itself. Python learns each from one cell, by strict expressions (shapes.py, tokens.py), and this
   file only compares bytes with it; a cell or a row of another form is a question to Python, and what may mean something
   else leaves the slab to the numpy lane. It takes at most what the numpy lane takes, and cells without references.

   Nothing is allocated here and nothing is kept between calls: all memory is the caller's, its room is stated beside it
   and checked before every write; no byte at or beyond `end` of the slab is read. C99, no headers of Python. */

#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define API __declspec(dllexport)
#else
#define API __attribute__((visibility("default")))
#endif
#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST ""
#endif

enum { COLUMNS = 703, MOST_FORMS = 32, MOST_TAILS = 32, TAIL_ROOM = 256 };
enum { MAX_ROW = 1048576, MAX_EMPTY_ROW = 1039999, MOST_DIGITS = 7, CLOSED_WIDTH = 48, LONGEST_TEXT = 256 };
enum { DONE, ASK_CELL, ASK_TAIL, UNSURE };                            /* what canbao_scan says */
enum { BETWEEN_ROWS, IN_ROW };                                        /* where it goes on */
enum { VALUE, WHOLE, FORMULA_AND_VALUE, FORMULA };                    /* ways in which a form goes on after its prefix */
enum { T_NUMBER, T_SHARED, T_STRING, T_INLINE, NOT_READ = 7 };        /* places in TYPES of shapes.py */
enum { NO_FORM = -1, NOT_SURE = -2 };
enum { IS_WHOLE = 1, IS_ODD = 2, HAS_REFERENCE = 4 };                 /* marks of a value */
enum { NOTHING, NUMBER, SHARED, TEXT, OTHER, STRANGE };               /* what canbao_gather says of a cell */
enum { C_LT = 1, C_AND = 2, C_WHITE = 4, C_CONTROL = 8, C_HIGH = 16, C_SCORE = 32, C_BRACKET = 64, C_OTHER = 128 };

typedef struct {
    int64_t prefix, prefix_size, suffix, suffix_size; /* in `texts` */
    uint8_t type, formula, has_value, way, unused[4];
} form;

typedef struct {
    const uint8_t *data; /* the slab: rows from `at` on up to `end` */
    int64_t at, end;
    int64_t state, row, digits, number_at, last_row, last_column, strange_at;
    int64_t ask_start, ask_end, ask_column; /* a question: of a cell from its reference's closing quote, of a row's tail */
    const form *forms;
    int64_t form_count;
    const uint8_t *texts; /* prefixes and suffixes of forms */
    int64_t texts_size;
    int32_t *tries; /* COLUMNS times MOST_FORMS: the forms of a column, the last one found first */
    int32_t *try_counts;
    const uint8_t *tails; /* MOST_TAILS times TAIL_ROOM: what stood between a row's number and its ">" */
    const int64_t *tail_sizes;
    int64_t tail_count, tail;
    int64_t cell_room, cell_count, row_room, row_count;
    int64_t *starts, *ends, *row_index, *value_starts, *value_ends, *wholes; /* of cells */
    int32_t *cell_forms;
    uint16_t *columns;
    uint8_t *types, *formulas, *has_value, *marks;
    int64_t *row_numbers, *row_digits;
} job;

typedef struct {
    int64_t start, end, whole, stop; /* of the value; where the cell stops */
    uint8_t marks;
} value;

static uint8_t class_of(uint8_t byte) {
    if (byte >= '0' && byte <= '9') return 0;
    if (byte >= 0x80) return C_HIGH | C_OTHER;
    if (byte == '\t' || byte == '\n' || byte == '\r') return C_WHITE | C_OTHER;
    if (byte < 0x20) return C_CONTROL | C_OTHER;
    switch (byte) {
    case '<': return C_LT | C_OTHER;
    case '&': return C_AND | C_OTHER;
    case '_': return C_SCORE | C_OTHER;
    case ']': return C_BRACKET | C_OTHER;
    default: return C_OTHER;
    }
}

static void fill_classes(uint8_t *classes) {
    for (int byte = 0; byte < 256; byte++) classes[byte] = class_of((uint8_t)byte);
}

static int begins(const uint8_t *data, int64_t at, int64_t end, const void *text, int64_t size) {
    return size <= end - at && memcmp(data + at, text, (size_t)size) == 0;
}

#define BEGINS(data, at, end, text) begins(data, at, end, text, (int64_t)sizeof(text) - 1)

static int64_t find(const uint8_t *data, int64_t at, int64_t end, int byte) {
    const uint8_t *found = at < end ? memchr(data + at, byte, (size_t)(end - at)) : NULL;
    return found ? found - data : -1;
}

static int is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

static int64_t skip_space(const uint8_t *data, int64_t at, int64_t end) {
    while (at < end && is_space(data[at])) at++;
    return at;
}

/* Whether a span is UTF-8 that XML allows: nothing overlong, no surrogates, neither U+FFFE nor U+FFFF. */
static int is_text(const uint8_t *data, int64_t at, int64_t end) {
    while (at < end) {
        uint8_t first = data[at++];
        if (first < 0x80) continue;
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - at < more) return 0;
        uint32_t code = first & (0x3Fu >> more);
        for (int place = 0; place < more; place++, at++) {
            if ((data[at] & 0xC0) != 0x80) return 0;
            code = code << 6 | (data[at] & 0x3Fu);
        }
        if (more == 2 && (code < 0x800 || (code >= 0xD800 && code <= 0xDFFF) || code >= 0xFFFE)) return 0;
        if (more == 3 && (code < 0x10000 || code > 0x10FFFF)) return 0;
    }
    return 1;
}

static int holds(const uint8_t *data, int64_t at, int64_t end, const char *text, int64_t size) {
    for (; (at = find(data, at, end, text[0])) >= 0; at++)
        if (begins(data, at, end, text, size)) return 1;
    return 0;
}

/* Whether every "&" of a span begins one of the five references that XML has by itself. */
static int has_plain_references(const uint8_t *data, int64_t at, int64_t end) {
    for (; (at = find(data, at, end, '&')) >= 0; at++)
        if (!BEGINS(data, at, end, "&amp;") && !BEGINS(data, at, end, "&lt;") && !BEGINS(data, at, end, "&gt;") &&
            !BEGINS(data, at, end, "&quot;") && !BEGINS(data, at, end, "&apos;"))
            return 0;
    return 1;
}

/* Whether a span of these classes is what the numpy lane takes too: XML allows it, and all references are plain. */
static int is_allowed(const uint8_t *data, int64_t start, int64_t end, uint8_t classes) {
    if (classes & C_CONTROL) return 0;
    if (classes & C_AND && !has_plain_references(data, start, end)) return 0;
    if (classes & C_BRACKET && holds(data, start, end, "]]>", 3)) return 0;
    return !(classes & C_HIGH) || is_text(data, start, end);
}

static int64_t pass_text(const uint8_t *data, int64_t at, int64_t end, const uint8_t *classes, uint8_t *found) {
    uint8_t all = 0, one = 0;
    while (at < end && !((one = classes[data[at]]) & C_LT)) {
        all |= one;
        at++;
    }
    *found = all;
    return at;
}

/* Reads what follows the prefix of a form: 1 it has the form, 0 it has not, -1 not sure. */
static int match(const job *work, const form *shape, int64_t reference, const uint8_t *classes, value *found) {
    const uint8_t *data = work->data;
    int64_t at = reference + shape->prefix_size, end = work->end, text = at;
    uint8_t passed = 0;
    if (!begins(data, reference, end, work->texts + shape->prefix, shape->prefix_size)) return 0;
    found->marks = 0;
    found->whole = 0;
    if (shape->way == FORMULA_AND_VALUE || shape->way == FORMULA) {
        at = pass_text(data, at, end, classes, &passed);
        if (at == text) return 0;
        if (shape->way == FORMULA ? !begins(data, at, end, work->texts + shape->suffix, shape->suffix_size)
                                  : !BEGINS(data, at, end, "</f><v>"))
            return 0;
        if (!is_allowed(data, text, at, passed)) return -1;
        at += shape->way == FORMULA ? shape->suffix_size : 7;
    }
    found->start = found->end = found->stop = at;
    if (shape->way == WHOLE || shape->way == FORMULA) return 1;
    at = pass_text(data, at, end, classes, &passed);
    if (!begins(data, at, end, work->texts + shape->suffix, shape->suffix_size)) return 0;
    if (!is_allowed(data, found->start, at, passed)) return -1;
    found->end = at;
    found->stop = at + shape->suffix_size;
    if (passed == 0 && at > found->start && at - found->start <= 16) {
        for (int64_t place = found->start; place < at; place++) found->whole = found->whole * 10 + (data[place] - '0');
        found->marks = IS_WHOLE;
    }
    if (passed & C_AND) found->marks |= HAS_REFERENCE;
    if (passed & (C_AND | C_WHITE) || at - found->start > LONGEST_TEXT ||
        (passed & C_SCORE && holds(data, found->start, at, "_x", 2)))
        found->marks |= IS_ODD;
    return 1;
}

/* Where a cell ends of which no form is known, -1 where that is not plain. */
static int64_t find_end(const job *work, int64_t start, int64_t reference) {
    const uint8_t *data = work->data;
    int64_t at = reference, tags = 0;
    for (; (at = find(data, at, work->end, '<')) >= 0; at++, tags++) {
        if (work->end - at < 2 || data[at + 1] == '!' || data[at + 1] == '?') return -1;
        if (data[at + 1] == 'c' || BEGINS(data, at, work->end, "</row>")) break;
    }
    uint8_t classes = 0;
    for (int64_t place = reference; place < at; place++) classes |= class_of(data[place]);
    if (at < 0 || !is_allowed(data, reference, at, classes)) return -1;
    if (at - reference >= 4 && memcmp(data + at - 4, "</c>", 4) == 0) return at;
    int closed = at - reference >= 2 && memcmp(data + at - 2, "/>", 2) == 0;
    return closed && tags == 0 && at - start <= CLOSED_WIDTH ? at : -1;
}

/* The form of a cell: one that its column has had, the last one first, or one that another column has had. */
static int32_t find_form(job *work, int64_t reference, int64_t column, const uint8_t *classes, value *found) {
    int32_t *tries = work->tries + column * MOST_FORMS, count = work->try_counts[column];
    if (count < 0 || count > MOST_FORMS) return NOT_SURE;
    for (int32_t place = 0; place < count; place++) {
        int32_t number = tries[place];
        if (number < 0 || number >= work->form_count) return NOT_SURE;
        int fits = match(work, work->forms + number, reference, classes, found);
        if (fits < 0) return NOT_SURE;
        if (!fits) continue;
        memmove(tries + 1, tries, (size_t)place * sizeof *tries);
        return tries[0] = number;
    }
    for (int32_t number = 0; number < work->form_count && count < MOST_FORMS; number++) {
        int fits = match(work, work->forms + number, reference, classes, found);
        if (fits < 0) return NOT_SURE;
        if (!fits) continue;
        memmove(tries + 1, tries, (size_t)count * sizeof *tries);
        work->try_counts[column] = count + 1;
        return tries[0] = number;
    }
    return NO_FORM;
}

static int enter(job *work, int64_t start, int64_t column, int32_t number, const form *shape, const value *found) {
    int64_t cell = work->cell_count;
    if (work->last_column == 0) { /* the first cell of a row */
        if (work->row <= work->last_row || work->row_count >= work->row_room) return 0;
        work->row_numbers[work->row_count] = work->last_row = work->row;
        work->row_digits[work->row_count++] = work->digits;
    }
    if (column <= work->last_column || cell >= work->cell_room) return 0;
    work->last_column = column;
    work->starts[cell] = start;
    work->ends[cell] = found->stop;
    work->columns[cell] = (uint16_t)column;
    work->row_index[cell] = work->row_count - 1;
    work->value_starts[cell] = found->start;
    work->value_ends[cell] = found->end;
    work->wholes[cell] = found->whole;
    work->marks[cell] = found->marks;
    work->cell_forms[cell] = number;
    work->types[cell] = shape ? shape->type : NOT_READ;
    work->formulas[cell] = shape ? shape->formula : 0;
    work->has_value[cell] = shape ? shape->has_value : 0;
    work->cell_count++;
    work->at = found->stop;
    return 1;
}

static int ask(job *work, int what, int64_t start, int64_t end, int64_t column) {
    work->ask_start = start;
    work->ask_end = end;
    work->ask_column = column;
    return what;
}

/* Reads a cell's reference up to its closing quote, -1 where that is not plain. */
static int64_t read_reference(const job *work, int64_t at, int64_t *column) {
    const uint8_t *data = work->data;
    int64_t end = work->end;
    for (int letters = 0; letters < 2 && at < end && data[at] >= 'A' && data[at] <= 'Z'; letters++, at++)
        *column = *column * 26 + (data[at] - 'A' + 1);
    if (!begins(data, at, end, data + work->number_at, work->digits)) return -1;
    at += work->digits;
    return at < end && data[at] == '"' ? at : -1;
}

/* Reads one cell, or the end of its row. A cell without a reference follows the one before it; its form begins where the
   reference would, and it holds no formula. */
static int read_cell(job *work, const uint8_t *classes) {
    const uint8_t *data = work->data;
    int64_t start = work->at, end = work->end, column = 0, at = start + 6;
    value found = {0, 0, 0, 0, 0};
    if (BEGINS(data, start, end, "</row>")) {
        work->at = at;
        work->state = BETWEEN_ROWS;
        return DONE;
    }
    int is_named = BEGINS(data, start, end, "<c r=\"");
    if (is_named) {
        at = read_reference(work, at, &column);
    } else {
        if (end - start < 3 || memcmp(data + start, "<c", 2) || (data[start + 2] != ' ' && data[start + 2] != '>'))
            return UNSURE;
        column = work->last_column + 1;
        at = start + 2;
    }
    if (at < 0 || column <= 0 || column >= COLUMNS) return UNSURE;
    int32_t number = start == work->strange_at ? NO_FORM : find_form(work, at, column, classes, &found);
    if (number == NOT_SURE || (number >= 0 && !is_named && work->forms[number].formula)) return UNSURE;
    if (number >= 0) return enter(work, start, column, number, work->forms + number, &found) ? DONE : UNSURE;
    int64_t stop = find_end(work, start, at);
    if (stop < 0) return UNSURE;
    if (start != work->strange_at && work->try_counts[column] < MOST_FORMS) return ask(work, ASK_CELL, at, stop, column);
    value nothing = {0, 0, 0, stop, 0};
    return is_named && enter(work, start, column, NO_FORM, NULL, &nothing) ? DONE : UNSURE;
}

static int knows_tail(job *work, const uint8_t *tail, int64_t size) {
    for (int64_t tried = 0; tried < work->tail_count; tried++) {
        int64_t place = (work->tail + tried) % work->tail_count;
        if (work->tail_sizes[place] != size || memcmp(work->tails + place * TAIL_ROOM, tail, (size_t)size)) continue;
        work->tail = place;
        return 1;
    }
    return 0;
}

/* Reads the tag of a row; one without cells is passed over. */
static int read_row(job *work) {
    const uint8_t *data = work->data;
    int64_t end = work->end, tag = work->at, at = tag + 8, number = 0;
    if (!BEGINS(data, tag, end, "<row r=\"") || at >= end || data[at] == '0') return UNSURE;
    work->number_at = at;
    for (; at < end && data[at] >= '0' && data[at] <= '9' && at - work->number_at < MOST_DIGITS; at++)
        number = number * 10 + (data[at] - '0');
    work->digits = at - work->number_at;
    if (work->digits == 0 || number > MAX_ROW || at >= end || data[at] != '"') return UNSURE;
    int64_t tail = at + 1, stop = find(data, tail, end, '>');
    if (stop < 0 || stop - tail > TAIL_ROOM) return UNSURE;
    if (!knows_tail(work, data + tail, stop - tail)) return ask(work, ASK_TAIL, tail, stop, 0);
    int empty = stop > tail && data[stop - 1] == '/';
    at = empty ? stop + 1 : skip_space(data, stop + 1, end);
    if (!empty && BEGINS(data, at, end, "</row>")) {
        empty = 1;
        at += 6;
    }
    work->at = at;
    work->row = number;
    work->last_column = 0;
    work->state = empty ? BETWEEN_ROWS : IN_ROW;
    return empty && number > MAX_EMPTY_ROW ? UNSURE : DONE;
}

static int is_sound(const job *work) {
    if (work->tail_count < 0 || work->tail_count > MOST_TAILS || work->tail < 0 || work->tail >= MOST_TAILS) return 0;
    for (int64_t number = 0; number < work->form_count; number++) {
        const form *one = work->forms + number;
        if (one->prefix < 0 || one->prefix_size < 1 || one->prefix_size > work->texts_size - one->prefix) return 0;
        if (one->suffix < 0 || one->suffix_size < 0 || one->suffix_size > work->texts_size - one->suffix) return 0;
    }
    return work->at >= 0 && work->at <= work->end;
}

/* Reads on from where the last call stopped: DONE with all rows, a question, or UNSURE. */
API int64_t canbao_scan(job *work) {
    uint8_t classes[256];
    if (!is_sound(work)) return UNSURE;
    fill_classes(classes);
    for (;;) {
        int said;
        if (work->state == BETWEEN_ROWS) {
            work->at = skip_space(work->data, work->at, work->end);
            if (work->at >= work->end) return DONE;
            said = read_row(work);
        } else {
            said = read_cell(work, classes);
        }
        if (said != DONE) return said;
    }
}

typedef struct {
    const int64_t *cells;
    int64_t count;
    int64_t *text_starts, *text_sizes;
    double *numbers;
    uint8_t *kinds, *formulas;
    uint8_t *texts;
    int64_t texts_room;
} gathered;

static uint8_t kind_of(const job *work, int64_t cell) {
    uint8_t type = work->types[cell], marks = work->marks[cell];
    if (type == NOT_READ) return STRANGE;
    if (!work->has_value[cell]) return NOTHING;
    if (type == T_STRING || type == T_INLINE) return marks & IS_ODD ? STRANGE : TEXT;
    if (work->value_starts[cell] == work->value_ends[cell]) return NOTHING;
    if (marks & IS_WHOLE && type <= T_SHARED) return type == T_NUMBER ? NUMBER : SHARED;
    return OTHER;
}

static int is_kept(const job *work, int64_t cell, const uint8_t *wanted) {
    return wanted[work->columns[cell]] && (work->formulas[cell] || kind_of(work, cell) != NOTHING);
}

/* Writes which cells from `first` up to `last` hold something, of wanted columns, in the order of columns, then of rows;
   returns how many, -1 where there is no room. */
API int64_t canbao_order(const job *work, int64_t first, int64_t last, const uint8_t *wanted, int64_t *order, int64_t room) {
    int64_t places[COLUMNS] = {0}, total = 0;
    if (first < 0 || last > work->cell_count) return -1;
    for (int64_t cell = first; cell < last; cell++) places[work->columns[cell]] += is_kept(work, cell, wanted);
    for (int column = 0; column < COLUMNS; column++) {
        int64_t count = places[column];
        places[column] = total;
        total += count;
    }
    if (total > room) return -1;
    for (int64_t cell = first; cell < last; cell++)
        if (is_kept(work, cell, wanted)) order[places[work->columns[cell]]++] = cell;
    return total;
}

/* Takes together what some cells hold; returns how many bytes the texts have, -1 where there is no room for them.
   Of a SHARED cell `text_starts` is the number of its string. */
API int64_t canbao_gather(const job *work, gathered *into) {
    int64_t used = 0;
    for (int64_t place = 0; place < into->count; place++) {
        int64_t cell = into->cells[place];
        if (cell < 0 || cell >= work->cell_count) return -1;
        uint8_t kind = kind_of(work, cell);
        int64_t size = kind == TEXT ? work->value_ends[cell] - work->value_starts[cell] : 0;
        if (size > into->texts_room - used) return -1;
        if (size) memcpy(into->texts + used, work->data + work->value_starts[cell], (size_t)size);
        into->kinds[place] = kind;
        into->numbers[place] = kind == NUMBER ? (double)work->wholes[cell] : 0.0;
        into->text_starts[place] = kind == SHARED ? work->wholes[cell] : used;
        into->text_sizes[place] = size;
        into->formulas[place] = work->formulas[cell];
        used += size;
    }
    return used;
}

/* The source that this was built from: another one may have other structures. */
API const char *canbao_source(void) { return SOURCE_DIGEST; }

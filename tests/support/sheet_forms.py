"""Rows and cells as programs write them, with the row's number, or column and row, left open."""

from hypothesis import strategies as st

from canbao_rulebook.roster import column_letter

EXCEL = (
    '<row r="{0}" spans="1:9" s="2" customFormat="1" ht="15.75" x14ac:dyDescent="0.2">'
    '<c r="A{0}" s="1" t="s"><v>0</v></c><c r="B{0}" s="3"/><c r="C{0}" s="4"><v>44075</v></c>'
    '<c r="D{0}" s="4"><v>280.5</v></c><c r="E{0}" t="b"><v>1</v></c><c r="F{0}" t="e"><v>#N/A</v></c>'
    '<c r="G{0}" t="s"><v>1</v></c><c r="H{0}" t="s"><v>3</v></c>'
    '<c r="I{0}" s="9" t="str"><f t="shared" si="0"/><v>男</v></c><c r="AB{0}"><v>6.2042219900312E+17</v></c></row>'
)
LIBRE = (
    '<row r="{0}" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0">'
    '<c r="A{0}" s="0" t="s"><v>2</v></c>'
    '<c r="B{0}" s="0" t="n"><f aca="false">SUM(C{0}:D{0})&amp;""</f><v>-1.5</v></c>'
    '<c r="C{0}" s="0" t="str"><f aca="false">IF(A{0}="","",A{0})</f><v>x &lt; y</v></c>'
    '<c r="D{0}" s="0" t="n"><v>620422199003120</v></c>'
    '<c r="E{0}" s="0" t="str"><f aca="false">A{0}</f><v>甘肃省城乡居民基本医疗保险个人缴费专用票据第一联</v></c></row>'
)
STAMPED = (
    '<row r="{0}"><c r="A{0}" s="1"><f t="shared" si="0"/><v>{0}</v></c>'
    '<c r="B{0}" s="2" t="inlineStr"><is><t xml:space="preserve">青禾镇北坪村三组3347号之一二三四五</t></is></c>'
    '<c r="C{0}" s="2" t="inlineStr"><is><t xml:space="preserve">620422199504099574</t></is></c>'
    '<c r="D{0}" s="2" t="str"><f t="shared" si="1"/><v></v></c>'
    '<c r="E{0}" s="2" t="b"><f t="shared" si="2"/><v>0</v></c></row>\n'
)
OPENPYXL = (
    '<row r="{0}"><c r="A{0}" s="1" t="inlineStr"><is><t>甲</t></is></c><c r="B{0}" t="n"><v>3</v></c>'
    '<c r="C{0}"><f t="shared" si="0"/><v/></c><c r="D{0}"><f>A{0}</f><v></v></c>'
    '<c r="F{0}" t="str"><f>A{0}&amp;""</f><v/></c><c r="G{0}"><f>A{0}</f></c>'
    '<c r="H{0}" t="d"><v>2020-09-01</v></c></row>'
)

ELEMENT_TREE = OPENPYXL.replace("/>", " />").replace("<v></v>", "<v />")
FORMS = {"excel": EXCEL, "libreoffice": LIBRE, "stamped": STAMPED, "openpyxl": OPENPYXL, "elementtree": ELEMENT_TREE}

CELLS = {
    "number": '<c r="{}{}"><v>{number}</v></c>',
    "shared": '<c r="{}{}" s="1" t="s"><v>{index}</v></c>',
    "inline": '<c r="{}{}" t="inlineStr"><is><t>{text}</t></is></c>',
    "rich": '<c r="{}{}" t="inlineStr"><is><r><t>{text}</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
    "string": '<c r="{}{}" t="str"><v>{text}</v></c>',
    "formula": '<c r="{}{}" t="str"><f>A1&amp;"x"</f><v>{text}</v></c>',
    "shared formula": '<c r="{}{}" s="3"><f t="shared" si="1"/><v>{number}</v></c>',
    "no value": '<c r="{}{}"><f>B1+1</f></c>',
    "empty value": '<c r="{}{}" t="str"><f t="shared" si="2"/><v/></c>',
    "spaced empty value": '<c r="{}{}"><f>B1+1</f><v /></c>',
    "blank": '<c r="{}{}" s="4"/>',
    "nothing": '<c r="{}{}"></c>',
    "truth": '<c r="{}{}" t="b"><v>{truth}</v></c>',
    "error": '<c r="{}{}" t="e"><v>#DIV/0!</v></c>',
    "date": '<c r="{}{}" t="d"><v>2020-09-01T12:00:00</v></c>',
    "spaced": '<c r="{}{}" t="inlineStr"><is><t xml:space="preserve"> {text}\n</t></is></c>',
    "escaped": '<c r="{}{}" t="inlineStr"><is><t>&#x5F20;_x0041_&lt;{text}</t></is></c>',
    "odd attributes": '<c r="{}{}" t="n" s="1" cm="1" ><v> {number} </v></c>',
    "CDATA": '<c r="{}{}" t="str"><v><![CDATA[{text}]]></v></c>',
    "comment": '<c r="{}{}" t="str"><v>a<!-- <c r="B9"><v>1</v></c> -->{text}</v></c>',
    "single quotes": "<c r='{}{}' t='str'><v>{text}</v></c>",
    "other order": '<c t="str" r="{}{}"><v>{text}</v></c>',
    "extension": '<c r="{}{}"><v>{number}</v><extLst><ext xmlns="urn:x"><c r="C1"><v>1</v></c></ext></extLst></c>',
}  # fmt: skip
FAST_KINDS = sorted(set(CELLS) - {"CDATA", "comment", "single quotes", "other order", "extension"})
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["0", "007", "1E3", "620422199003120014", "1e400", "-0.1"]),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="<>&", exclude_categories=("Cc", "Cs")), max_size=30)


@st.composite
def sheet_rows(draw: st.DrawFn, kinds: list[str]) -> str:
    """Rows of some kinds of cells."""
    rows: list[str] = []
    number = 0
    for _ in range(draw(st.integers(1, 12))):
        number += draw(st.sampled_from([1, 1, 1, 2, 90]))
        places = sorted(draw(st.sets(st.integers(1, 40), min_size=1, max_size=6)))
        cells = [
            CELLS[draw(st.sampled_from(kinds))].format(
                column_letter(place),
                number,
                number=draw(NUMBERS),
                index=draw(st.integers(0, 3)),
                text=draw(TEXTS),
                truth=draw(st.sampled_from("01")),
            )
            for place in places
        ]
        attributes = draw(st.sampled_from(["", ' spans="1:9"', ' ht="3" hidden="1"']))
        rows.append(f'<row r="{number}"{attributes}>{"".join(cells)}</row>')
    return draw(st.sampled_from(["", "\n", ' <row r="500000"/> '])).join(rows)

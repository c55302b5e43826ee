# Turns a catalogue (CSV: id, title, state; lines that begin with # are comments) into a C table named `name`, sorted by id as
# bytes, with an empty entry behind the last. Quoted cells may hold commas and doubled quotes. Wants LC_ALL=C.

function cells(line, out,    n, i, c, cell, quoted) {
    n = 0; cell = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quoted && c == "\"" && substr(line, i + 1, 1) == "\"") { cell = cell c; i++ }
        else if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) { out[++n] = cell; cell = "" }
        else cell = cell c
    }
    out[++n] = cell
    return n
}

# Every byte that could mean something to C is written as an octal escape, so that nothing depends on the text.
function quote(s,    i, c, r) {
    r = ""
    for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\"" || c == "\\") r = r "\\" c
        else if (c == "?") r = r "\\?"
        else r = r c
    }
    return "\"" r "\""
}

{ sub(/\r$/, "") }
/^#/ || /^[ \t]*$/ { next }
{
    if (cells($0, cell) < 3 || cell[1] == "id")
        next
    id[++n] = cell[1]
    row[cell[1]] = "    {" quote(cell[1]) ", " quote(cell[2]) ", " quote(cell[3]) "},"
}

function sift(first, last,    root, child, t) {
    for (root = first; root * 2 <= last; root = child) {
        child = root * 2
        if (child < last && id[child] "" < id[child + 1] "") child++
        if (!(id[root] "" < id[child] "")) return
        t = id[root]; id[root] = id[child]; id[child] = t
    }
}

END {
    for (i = int(n / 2); i >= 1; i--) sift(i, n)
    for (i = n; i > 1; i--) { t = id[1]; id[1] = id[i]; id[i] = t; sift(1, i - 1) }
    print "static const CatalogueEntry " name "[] = {"
    for (i = 1; i <= n; i++) print row[id[i]]
    print "    {0, 0, 0}};"
}

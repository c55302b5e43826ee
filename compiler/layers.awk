# Checks the layers: a file includes only files of its own folder or of one before it in `layers`; what the generator of the
# parser makes is for syntax/ only, and Graphviz for draw/dot.c only. Prints every breach; the status says whether there was one.

BEGIN { n = split(layers, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }

FNR == 1 { split(FILENAME, path, "/"); own = path[2] }

/^[ \t]*#[ \t]*include/ {
    what = $0
    sub(/^[^"<]*["<]/, "", what)
    sub(/[">].*/, "", what)
    split(what, part, "/")
    if (part[1] in rank && rank[part[1]] > rank[own])
        breach(own " is below " part[1] " and cannot include " what)
    if (what ~ /^cordon\.(tab|lex)\.h$/ && own != "syntax")
        breach("only syntax/ may include " what)
    if (what ~ /cgraph\.h$|gvc\.h$/ && FILENAME != "compiler/draw/dot.c")
        breach("only draw/dot.c may include " what)
    if ($0 ~ /"/ && !(part[1] in rank) && what !~ /^cordon\.(tab|lex)\.h$/)
        breach("includes are written with their folder: " what)
}

function breach(text) { print FILENAME ":" FNR ": " text; bad = 1 }
END { exit bad }

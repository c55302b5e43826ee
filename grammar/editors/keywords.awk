# Reads the keywords out of grammar/cordon.y (the %token lines between "Keywords:" and the empty line) and prints them for an
# editor or a fuzzer: form=vim or form=dict. The grammar is the only place where keywords are written.

/^\/\* Keywords:/ { on = 1 }
on && /^%token/ {
    rest = $0
    while (match(rest, /"[a-z_]+"/)) {
        word[++n] = substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
    }
}
on && /^$/ { on = 0 }
!on && form == "dict" && /^%token/ {
    rest = $0
    while (match(rest, /"[^"]*"/)) {
        if (substr(rest, RSTART + 1, RLENGTH - 2) !~ /[a-z ]/)
            mark[++m] = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
    }
}

END {
    if (form == "dict") {
        for (i = 1; i <= n; i++) print "\"" word[i] " \""
        for (i = 1; i <= m; i++) print mark[i]
        print "\"\\\"\\\"\\\"\""
        print "\"#ID-1\""
        print "\"2026-03-02\""
        print "\"@who\""
        exit
    }
    print "\" Made from grammar/cordon.y by `make editors`. Directly before a colon a word is a property name."
    for (i = 1; i <= n; i++) print "syntax match cordonKeyword /\\<" word[i] "\\>\\%(\\s*:\\)\\@!/"
}

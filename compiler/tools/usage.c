/* What the program says of itself to its user: misuse and failed output. Requires: the format is known. Leaves behind one message
 * on stderr, or one document on stdout if a program is to read it. */
#include "tools/tools.h"

#include <unistd.h>

void say(const char *format, ...)
{
    StrBuf text = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&text, format, args);
    va_end(args);
    Out err;
    out_fd(&err, STDERR_FILENO);
    out_z(&err, "cordon: ");
    put_term(&err, strbuf_str(&text));
    out_char(&err, '\n');
    out_close(&err); /* nobody is left to tell */
    strbuf_free(&text);
}

int finish(Out *out, int status)
{
    if (out_close(out))
        return status;
    say("cannot write standard output: %s", out_why(out));
    return EXIT_USAGE;
}

int usage_error(const Options *o, const char *format, ...)
{
    StrBuf text = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&text, format, args);
    va_end(args);
    Out out;
    out_fd(&out, STDOUT_FILENO);
    int status = EXIT_USAGE;
    switch (o->format) {
    case FORMAT_HUMAN:
    case FORMAT_PLAIN:
    case FORMAT_MD:
    case FORMAT_HTML: say("%s", text.s); break;
    case FORMAT_JSON: check_json.failure(strbuf_str(&text), EXIT_USAGE, &out); break;
    case FORMAT_SARIF: check_sarif.failure(strbuf_str(&text), EXIT_USAGE, &out); break;
    case FORMAT_JUNIT: check_junit.failure(strbuf_str(&text), EXIT_USAGE, &out); break;
    case FORMAT_COUNT: break;
    }
    strbuf_free(&text);
    return finish(&out, status);
}

/* As much of JSON Schema as the schemas of our own outputs and that of SARIF use. Requires schemas that refer only to their own
 * definitions. Leaves behind the first problem, with its place in the document. */
#include "schema.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

typedef struct Check {
    json_t *root;
    char path[400], problem[600];
} Check;

static bool fits(Check *c, json_t *schema, json_t *v);

static bool fail(Check *c, const char *what)
{
    if (!c->problem[0])
        snprintf(c->problem, sizeof c->problem, "%s: %s", c->path, what);
    return false;
}

static const char *type_name(json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: return "object";
    case JSON_ARRAY: return "array";
    case JSON_STRING: return "string";
    case JSON_INTEGER: return "integer";
    case JSON_REAL: return "number";
    case JSON_TRUE:
    case JSON_FALSE: return "boolean";
    case JSON_NULL: return "null";
    }
    return "?";
}

static bool is_type(json_t *type, json_t *v)
{
    const char *name = type_name(v), *wanted = json_string_value(type);
    return strcmp(name, wanted) == 0 || (strcmp(wanted, "number") == 0 && strcmp(name, "integer") == 0);
}

static bool fits_type(json_t *type, json_t *v)
{
    size_t i;
    json_t *one;
    if (!type)
        return true;
    if (json_is_string(type))
        return is_type(type, v);
    json_array_foreach(type, i, one) if (is_type(one, v)) return true;
    return false;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool ok = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return ok;
}

static bool in_list(json_t *list, json_t *v)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (json_equal(one, v)) return true;
    return false;
}

static bool fits_plain(Check *c, json_t *schema, json_t *v)
{
    json_t *rule;
    if (!fits_type(json_object_get(schema, "type"), v))
        return fail(c, "wrong type");
    if ((rule = json_object_get(schema, "const")) && !json_equal(rule, v))
        return fail(c, "another constant");
    if ((rule = json_object_get(schema, "enum")) && !in_list(rule, v))
        return fail(c, "not in the list");
    if ((rule = json_object_get(schema, "pattern")) && json_is_string(v) &&
        !matches(json_string_value(rule), json_string_value(v)))
        return fail(c, "does not match the pattern");
    if ((rule = json_object_get(schema, "minLength")) && json_is_string(v) &&
        json_string_length(v) < (size_t)json_integer_value(rule))
        return fail(c, "too short");
    if ((rule = json_object_get(schema, "minimum")) && json_is_number(v) &&
        json_number_value(v) < json_number_value(rule))
        return fail(c, "too small");
    if ((rule = json_object_get(schema, "maximum")) && json_is_number(v) &&
        json_number_value(v) > json_number_value(rule))
        return fail(c, "too large");
    return true;
}

static bool fits_array(Check *c, json_t *schema, json_t *v)
{
    size_t i, k, end = strlen(c->path);
    json_t *one, *rule = json_object_get(schema, "items");
    if (json_array_size(v) < (size_t)json_integer_value(json_object_get(schema, "minItems")))
        return fail(c, "too few");
    json_array_foreach(v, i, one)
    {
        snprintf(c->path + end, sizeof c->path - end, "[%zu]", i);
        if (rule && !fits(c, rule, one))
            return false;
        for (k = 0; json_is_true(json_object_get(schema, "uniqueItems")) && k < i; k++)
            if (json_equal(json_array_get(v, k), one))
                return fail(c, "repeated");
    }
    c->path[end] = 0;
    return true;
}

static bool fits_object(Check *c, json_t *schema, json_t *v)
{
    size_t i, end = strlen(c->path);
    const char *key;
    json_t *one, *rule, *props = json_object_get(schema, "properties"),
                        *more = json_object_get(schema, "additionalProperties");
    json_array_foreach(json_object_get(schema, "required"), i, one)
    {
        snprintf(c->path + end, sizeof c->path - end, ".%s", json_string_value(one));
        if (!json_object_get(v, json_string_value(one)))
            return fail(c, "missing");
    }
    json_object_foreach(v, key, one)
    {
        snprintf(c->path + end, sizeof c->path - end, ".%s", key);
        rule = json_object_get(props, key);
        if (!rule && json_is_false(more))
            return fail(c, "not foreseen");
        if (!rule && json_is_object(more))
            rule = more;
        if (rule && !fits(c, rule, one))
            return false;
    }
    c->path[end] = 0;
    return true;
}

/* One of a list, and no other unless `more` may fit too. */
static bool fits_one(Check *c, json_t *list, json_t *v, bool more)
{
    size_t i, n = 0, end = strlen(c->path);
    char first[600] = "";
    json_t *one;
    json_array_foreach(list, i, one)
    {
        n += fits(c, one, v);
        if (c->problem[0] && i + 1 == json_array_size(list))
            snprintf(first, sizeof first, "%s", c->problem);
        c->problem[0] = c->path[end] = 0;
    }
    return n == 1 || (more && n) ? true : fail(c, first[0] ? first : "fits none or several");
}

static bool fits(Check *c, json_t *schema, json_t *v)
{
    size_t i;
    json_t *one, *rule = json_object_get(schema, "$ref");
    if (rule) {
        const char *name = strrchr(json_string_value(rule), '/') + 1;
        json_t *in_defs = json_object_get(json_object_get(c->root, "$defs"), name);
        schema = in_defs ? in_defs : json_object_get(json_object_get(c->root, "definitions"), name);
    }
    json_array_foreach(json_object_get(schema, "allOf"), i, one) if (!fits(c, one, v)) return false;
    if ((rule = json_object_get(schema, "oneOf")) && !fits_one(c, rule, v, false))
        return false;
    if ((rule = json_object_get(schema, "anyOf")) && !fits_one(c, rule, v, true))
        return false;
    if (!fits_plain(c, schema, v))
        return false;
    if (json_is_array(v))
        return fits_array(c, schema, v);
    return !json_is_object(v) || fits_object(c, schema, v);
}

bool schema_fits(const char *schema_path, json_t *document, char problem[SCHEMA_PROBLEM])
{
    json_error_t error;
    json_t *schema = json_load_file(schema_path, JSON_REJECT_DUPLICATES, &error);
    problem[0] = 0;
    if (!schema) {
        snprintf(problem, SCHEMA_PROBLEM, "%s: %s", schema_path, error.text);
        return false;
    }
    Check c = {.root = schema};
    bool ok = fits(&c, schema, document);
    snprintf(problem, SCHEMA_PROBLEM, "%s", c.problem);
    json_decref(schema);
    return ok;
}

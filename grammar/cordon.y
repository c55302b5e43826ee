/* The grammar of the language. Actions build nodes and nothing else: they look nothing up and depend on no other file.
 * Children stand in the order that compiler/syntax/ast.def gives. Words in quotes are keywords only where they stand here. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {cordon_}
%define api.token.prefix {T_}
%define api.token.raw
%define api.value.type union
%define api.location.type {Range}
%define parse.error custom
%define parse.lac full
%locations
%param {struct Tokens *p}

%code requires {
#include "syntax/ast.h"
struct Tokens;
/* Bytes [lo, hi) of the file at hand. */
typedef struct Range { uint32_t lo, hi; } Range;
/* How many of the nodes on the pile a symbol stands for (syntax/build.h). */
typedef uint32_t Kids;
}
%code {
#include "syntax/build.h"
#include "syntax/tokens.h"
#define YYLLOC_DEFAULT(now, rhs, n) \
    ((now) = (n) ? (Range){(rhs)[1].lo, (rhs)[n].hi} : (Range){(rhs)[0].hi, (rhs)[0].hi})
#define NODE(kind, at, val, flags, kids) build_node(p, N_##kind, at, val, flags, kids)
#define LEAF(kind, at, val) build_leaf(p, N_##kind, at, val, 0)
#define TEXT(kind, at, flags) build_leaf(p, N_##kind, at, 0, flags)
#define RANGE(from, to) ((Range){(from).lo, (to).hi})
/* Whether one blank stands before a name. */
#define NEAR(before, name) ((name).lo == (before).hi + 1 ? NF_PLAIN : 0)
static void cordon_error(const Range *at, struct Tokens *p, const char *message);
}

/* Tokens with a shape of their own; those that open, close and end things come first, the token filter relies on it. */
%token SEMI "end of line" LBRACE "{" RBRACE "}" LBRACKET "[" RBRACKET "]" LPAREN "(" RPAREN ")"
%token <Sym> NAME "name" QNAME "dotted name"
%token NUM "number" DATE "date"
%token <unsigned> STRING "text in quotes"
%token DOCSTR "text block" PERSON "person" HASHID "id"
%token ARROW "->" BOTH "<->" DOT_STAR ".*" DOT_STAR_STAR ".**" EQ "==" NE "!=" LE "<=" GE ">=" LT "<" GT ">" ASSIGN "="
%token COLON ":" COMMA "," DOT "." STAR "*" QUESTION "?"

/* Keywords: this list is the only one; the scanner, the formatter and the editor files read it. */
%token <Sym> IMPORT "import" AS "as" ENUM "enum" SCALE "scale" KIND "kind" PROPERTY "property" PROVIDES "provides"
%token <Sym> TEMPLATE "template" USE "use" EXTEND "extend" VIEW "view" OF "of" RULE "rule" POLICY "policy" TEST "test"
%token <Sym> DECISION "decision" AT "at" WAS "was" FOR "for" EACH "each" FROM "from" TO "to" IN "in" ON "on"
%token <Sym> INSIDE "inside" ENTERING "entering" LEAVING "leaving" CROSSING "crossing" ALONG "along" AVOIDING "avoiding"
%token <Sym> WITHIN "within" STEPS "steps" WHEN "when" UNLESS "unless" MITIGATED "mitigated" BY "by" RAISE "raise"
%token <Sym> NEVER "never" WHERE "where" AND "and" OR "or" NOT "not" IS "is" HAS "has" CARRIES "carries" HOLDS "holds"
%token <Sym> CROSSES "crosses" ENTERS "enters" LEAVES "leaves" REACHES "reaches" SOME "some" EVERY "every" NO "no"
%token <Sym> GIVEN "given" WITH "with" ESTIMATE "estimate" RISK_POLICY "risk_policy" EXPECT "expect"

%nterm <Kids> stmts stmt import_names names name_list enum_values enum_value ladder title title_opt hashid hash_opt was was_opt traits_opt ends_opt
%nterm <Kids> kitems kitem property type dflt_opt provides_opt caps params_opt params param body body_opt items
%nterm <Kids> use prop value brackets list scalar ref refs view_of ritems ritem pattern mods mod tv mits mit vars where_opt
%nterm <Kids> cond ors conj ands neg rel mods_q modq noun term pitems pitem titems titem assigns assign exps exp found at_opt subjects
%nterm <Kids> decl kindref text_opt rpitems rpitem cells
%nterm <Sym> name soft
%nterm <unsigned> arrow opt_mark cmp verb quant modvar
/* What is given up takes its nodes along. */
%destructor { build_drop(p, $$); } <Kids>

%%
file: stmts                             { build_root(p, @$, $1); } ;
stmts: %empty                           { $$ = 0; }
  | stmts stmt                          { $$ = $1 + $2; }
  | stmts SEMI                          { $$ = $1; }
  | stmts error SEMI                    { $$ = $1; yyerrok; } ;
stmt: "import" ref SEMI                 { $$ = NODE(IMPORT, @2, 0, 0, $2); }
  | "import" ref "as" name SEMI         { $$ = NODE(IMPORT, RANGE(@2, @4), $4, 0, $2); }
  | "import" ref "{" import_names semi_opt "}" SEMI { $$ = NODE(IMPORT, RANGE(@2, @6), 0, 0, $2 + $4); }
  | "enum" name "{" enum_values semi_opt "}" SEMI { $$ = NODE(ENUM, RANGE(@1, @6), $2, NEAR(@1, @2), $4); }
  | "scale" name "{" ladder semi_opt "}" SEMI { $$ = NODE(SCALE, RANGE(@1, @6), $2, NEAR(@1, @2), $4); }
  | "kind" name ":" ref title_opt SEMI  { $$ = NODE(KIND, RANGE(@1, @5), $2, NEAR(@1, @2), $4 + $5); }
  | "kind" name ":" ref title_opt "{" kitems "}" SEMI
      { $$ = NODE(KIND, RANGE(@1, @8), $2, NF_HAS_BODY | NEAR(@1, @2), $4 + $5 + $7); }
  | "template" name "(" params_opt ")" body { $$ = NODE(TEMPLATE, @$, $2, NEAR(@1, @2), $4 + $6); }
  | use
  | "extend" ref body                   { $$ = NODE(EXTEND, @$, 0, 0, $2 + $3); }
  | "view" name view_of title_opt body  { $$ = NODE(VIEW, @$, $2, NEAR(@1, @2), $3 + $4 + $5); }
  | "rule" name title_opt "{" ritems "}" SEMI { $$ = NODE(RULE, RANGE(@1, @6), $2, NEAR(@1, @2), $3 + $5); }
  | "policy" name title_opt "{" pitems "}" SEMI { $$ = NODE(POLICY, RANGE(@1, @6), $2, NEAR(@1, @2), $3 + $5); }
  | "test" name title_opt "{" titems "}" SEMI { $$ = NODE(TEST, RANGE(@1, @6), $2, NEAR(@1, @2), $3 + $5); }
  | "decision" hashid ref ref at_opt body
      { $$ = NODE(DECISION, @$, 0, NEAR(@1, @2), $2 + $3 + $4 + $5 + $6); }
  | "decision" NAME ref ref at_opt body { $$ = NODE(DECISION, @$, $2, NEAR(@1, @2), $3 + $4 + $5 + $6); }
  | "estimate" ref "at" subjects body   { $$ = NODE(ESTIMATE, @$, 0, 0, $2 + $4 + $5); }
  | "estimate" hashid ref "at" subjects body
      { $$ = NODE(ESTIMATE, @$, 0, NEAR(@1, @2), $2 + $3 + $5 + $6); }
  | "estimate" NAME ref "at" subjects body { $$ = NODE(ESTIMATE, @$, $2, NEAR(@1, @2), $3 + $5 + $6); }
  | "risk_policy" name title_opt hash_opt "{" rpitems "}" SEMI
      { $$ = NODE(RISK_POLICY, RANGE(@1, @7), $2, NEAR(@1, @2), $3 + $4 + $6); }
  | decl ;
subjects: ref                           { $$ = NODE(AT, @1, 0, 0, $1); }
  | subjects "," ref                    { $$ = $1 + NODE(AT, @3, 0, 0, $3); } ;
semi_opt: %empty | SEMI ;

import_names: name_list ;
name_list: names | names ","            { $$ = $1; } ;
names: name                             { $$ = LEAF(NAME, @1, $1); }
  | names "," name                      { $$ = $1 + LEAF(NAME, @3, $3); } ;
enum_values: enum_value
  | enum_values "," enum_value          { $$ = $1 + $3; }
  | enum_values ","                     { $$ = $1; } ;
enum_value: name text_opt               { $$ = NODE(ENUM_VALUE, @$, $1, 0, $2); } ;
ladder: enum_value
  | ladder "<" enum_value               { $$ = $1 + $3; } ;
text_opt: %empty                        { $$ = 0; }
  | STRING                              { $$ = TEXT(STRING, @1, $1); } ;
title: STRING                           { $$ = TEXT(TITLE, @1, $1); } ;
title_opt: %empty                       { $$ = 0; }
  | title ;
hashid: HASHID                          { $$ = LEAF(HASHID, @1, tokens_hash(p, @1)); } ;
hash_opt: %empty                        { $$ = 0; }
  | hashid ;
was: "was" ref                          { $$ = NODE(WAS, @2, 0, 0, $2); } ;
was_opt: %empty                         { $$ = 0; }
  | was ;
/* Most declarations have none: one empty rule is tried for them, not three. */
traits_opt: %empty                      { $$ = 0; }
  | title hash_opt was_opt              { $$ = $1 + $2 + $3; }
  | hashid was_opt                      { $$ = $1 + $2; }
  | was ;
ends_opt: %empty                        { $$ = 0; }
  | ":" ref arrow ref                   { $$ = NODE(ENDS, RANGE(@2, @4), 0, $3, $2 + $4); } ;
arrow: "->" { $$ = 0; } | "<->"         { $$ = NF_TWO_WAY; } ;

/* Kinds */
kitems: %empty                          { $$ = 0; }
  | kitems kitem                        { $$ = $1 + $2; }
  | kitems SEMI                         { $$ = $1; }
  | kitems error SEMI                   { $$ = $1; yyerrok; } ;
kitem: property | prop ;
property: "property" NAME ":" type dflt_opt title_opt provides_opt SEMI
      { $$ = NODE(PROPERTY, RANGE(@1, @7), $2, NEAR(@1, @2), $4 + $5 + $6 + $7); } ;
type: ref opt_mark                      { $$ = NODE(TYPE, @$, 0, $2, $1); }
  | "[" ref "]" opt_mark                { $$ = NODE(TYPE, @$, 0, NF_SET | $4, $2); } ;
opt_mark: %empty { $$ = 0; } | "?"      { $$ = NF_OPTIONAL; } ;
dflt_opt: %empty                        { $$ = 0; }
  | "=" value                           { $$ = $2; } ;
provides_opt: %empty                    { $$ = 0; }
  | "provides" caps                     { $$ = NODE(PROVIDES, @2, 0, 0, $2); } ;
caps: ref | caps "," ref                { $$ = $1 + $3; } ;

/* Models */
params_opt: %empty { $$ = 0; } | params | params "," { $$ = $1; } ;
params: param | params "," param        { $$ = $1 + $3; } ;
param: name ":" type                    { $$ = NODE(PARAM, @$, $1, 0, $3); } ;
use: "use" ref "as" name title_opt body_opt { $$ = NODE(USE, @$, $4, (@4).lo == (@2).hi + 4 ? NF_PLAIN : 0, $2 + $5 + $6); } ;
decl: kindref name traits_opt ends_opt body_opt
      { $$ = NODE(DECL, @$, $2, NEAR(@1, @2), $1 + $3 + $4 + $5); } ;
body_opt: body | SEMI                   { $$ = 0; } ;
body: "{" items "}" SEMI                { $$ = NODE(BODY, RANGE(@1, @3), 0, 0, $2); } ;
items: %empty                           { $$ = 0; }
  | items prop                          { $$ = $1 + $2; }
  | items decl                          { $$ = $1 + $2; }
  | items use                           { $$ = $1 + $2; }
  | items SEMI                          { $$ = $1; }
  | items error SEMI                    { $$ = $1; yyerrok; } ;
prop: NAME ":" scalar SEMI              { $$ = NODE(PROP, RANGE(@1, @3), $1, 0, $3); }
  | NAME ":" brackets SEMI              { $$ = NODE(PROP, RANGE(@1, @3), $1, 0, $3); } ;
value: scalar | brackets ;
brackets: "[" "]"                       { $$ = NODE(LIST, @$, 0, 0, 0); }
  | "[" list "]"                        { $$ = NODE(LIST, @$, 0, 0, $2); }
  | "[" list "," "]"                    { $$ = NODE(LIST, @$, 0, 0, $2); } ;
list: scalar | list "," scalar          { $$ = $1 + $3; } ;
scalar: STRING                          { $$ = TEXT(STRING, @1, $1); }
  | DOCSTR                              { $$ = LEAF(DOCSTR, @1, 0); }
  | NUM                                 { $$ = LEAF(NUM, @1, 0); }
  | NUM NAME                            { $$ = LEAF(NUM, @1, $2); }
  | DATE                                { $$ = LEAF(DATE, @1, tokens_date(p, @1)); }
  | PERSON                              { $$ = LEAF(PERSON, @1, tokens_hash(p, @1)); }
  | hashid
  | ref
  | ref ".*"                            { $$ = $1; build_flags(p, NF_STAR, @$); }
  | ref ".**"                           { $$ = $1; build_flags(p, NF_STAR_STAR, @$); }
  | "*"                                 { $$ = LEAF(STAR, @1, 0); } ;
/* Names. A keyword is a name wherever no keyword can stand. */
kindref: NAME                           { $$ = LEAF(QNAME, @1, $1); }
  | QNAME                               { $$ = LEAF(QNAME, @1, $1); } ;
ref: NAME                               { $$ = LEAF(QNAME, @1, $1); }
  | soft                                { $$ = LEAF(QNAME, @1, $1); }
  | QNAME                               { $$ = LEAF(QNAME, @1, $1); }
  | ref "." name                        { $$ = $1; build_dotted(p, $3, @$); } ;
refs: ref | refs "," ref                { $$ = $1 + $3; } ;
name: NAME | soft ;
soft: "import" | "enum" | "scale" | "kind" | "property" | "provides" | "template" | "use" | "extend" | "view" | "of" | "rule"
  | "policy" | "test" | "decision" | "was" | "each" | "steps" | "by" | "raise" | "never" | "given" | "expect" | "with" | "estimate"
  | "risk_policy" ;
view_of: %empty                         { $$ = 0; }
  | "of" refs                           { $$ = NODE(OF, @2, 0, 0, $2); } ;

/* Rules */
ritems: %empty                          { $$ = 0; }
  | ritems ritem                        { $$ = $1 + $2; }
  | ritems SEMI                         { $$ = $1; }
  | ritems error SEMI                   { $$ = $1; yyerrok; } ;
ritem: "for" "each" pattern SEMI        { $$ = NODE(FOREACH, RANGE(@1, @3), 0, 0, $3); }
  | "when" cond SEMI                    { $$ = NODE(WHEN, RANGE(@1, @2), 0, 0, $2); }
  | "unless" cond SEMI                  { $$ = NODE(UNLESS, RANGE(@1, @2), 0, 0, $2); }
  | "mitigated" "by" mits SEMI          { $$ = NODE(MITIGATED, RANGE(@1, @3), 0, 0, $3); }
  | "raise" NAME "to" scalar "when" cond SEMI { $$ = NODE(RAISE, RANGE(@1, @6), $2, NEAR(@1, @2), $4 + $6); }
  | prop ;
pattern: ref NAME mods                  { $$ = NODE(PATTERN, @$, $2, NEAR(@1, @2), $1 + $3); } ;
mods: %empty                            { $$ = 0; }
  | mods mod                            { $$ = $1 + $2; } ;
mod: modvar tv                          { $$ = NODE(MOD, @$, $1, 0, $2); }
  | "along" "(" cond ")"                { $$ = NODE(MOD, @$, MOD_ALONG, 0, $3); }
  | "avoiding" "(" cond ")"             { $$ = NODE(MOD, @$, MOD_AVOIDING, 0, $3); }
  | "within" NUM "steps"                { $$ = NODE(MOD, @$, MOD_WITHIN, 0, LEAF(NUM, @2, 0)); } ;
modvar: "from" { $$ = MOD_FROM; } | "to" { $$ = MOD_TO; } | "in" { $$ = MOD_IN; } | "on" { $$ = MOD_ON; }
  | "inside" { $$ = MOD_INSIDE; } | "entering" { $$ = MOD_ENTERING; } | "leaving" { $$ = MOD_LEAVING; }
  | "crossing" { $$ = MOD_CROSSING; } ;
tv: NAME                                { $$ = LEAF(VAR, @1, $1); }
  | QNAME                               { $$ = LEAF(VAR, @1, $1); }
  | NAME ":" ref                        { $$ = NODE(VAR, @$, $1, 0, $3); } ;
mits: mit | mits "and" mit              { $$ = $1 + $3; } ;
mit: ref "on" vars where_opt            { $$ = NODE(MIT, @$, 0, 0, $1 + $3 + $4); }
  | "(" cond ")"                        { $$ = NODE(MIT, @$, 0, NF_CONDITION, $2); } ;
vars: NAME                              { $$ = LEAF(VAR, @1, $1); }
  | vars "or" NAME                      { $$ = $1 + LEAF(VAR, @3, $3); } ;
where_opt: %empty                       { $$ = 0; }
  | "where" "(" cond ")"                { $$ = $3; } ;

/* Conditions */
cond: conj
  | ors                                 { $$ = NODE(OR, @$, 0, 0, $1); } ;
ors: conj "or" conj                     { $$ = $1 + $3; }
  | ors "or" conj                       { $$ = $1 + $3; } ;
conj: neg
  | ands                                { $$ = NODE(AND, @$, 0, 0, $1); } ;
ands: neg "and" neg                     { $$ = $1 + $3; }
  | ands "and" neg                      { $$ = $1 + $3; } ;
neg: rel | "not" neg                    { $$ = NODE(NOT, @$, 0, 0, $2); } ;
rel: term cmp term                      { $$ = NODE(CMP, @$, $2, 0, $1 + $3); }
  | term "is" noun                      { $$ = NODE(IS, @$, 0, 0, $1 + $3); }
  | term "is" "not" noun                { $$ = NODE(IS, @$, 0, NF_NOT, $1 + $4); }
  | term "in" brackets                  { $$ = NODE(IN, @$, 0, 0, $1 + $3); }
  | term "in" ref                       { $$ = NODE(IN, @$, 0, 0, $1 + $3); }
  | term "inside" noun                  { $$ = NODE(INSIDE, @$, 0, 0, $1 + $3); }
  | term verb noun                      { $$ = NODE(VERB, @$, $2, 0, $1 + $3); }
  | term "has" noun                     { $$ = NODE(HAS, @$, 0, 0, $1 + $3); }
  | "has" noun                          { $$ = NODE(HAS, @$, 0, NF_IMPLICIT, $2); }
  | "inside" noun                       { $$ = NODE(INSIDE, @$, 0, NF_IMPLICIT, $2); }
  | verb noun                           { $$ = NODE(VERB, @$, $1, NF_IMPLICIT, $2); }
  | quant ref mods_q                    { $$ = NODE(QUANT, @$, $1, 0, $2 + $3); }
  | quant ref mods_q "where" "(" cond ")" { $$ = NODE(QUANT, @$, $1, 0, $2 + $3 + $6); }
  | term                                { $$ = $1; }
  | "(" cond ")"                        { $$ = NODE(PAREN, @$, 0, 0, $2); } ;
verb: "carries" { $$ = VERB_CARRIES; } | "holds" { $$ = VERB_HOLDS; } | "crosses" { $$ = VERB_CROSSES; }
  | "enters" { $$ = VERB_ENTERS; } | "leaves" { $$ = VERB_LEAVES; } | "reaches" { $$ = VERB_REACHES; } ;
cmp: "==" { $$ = CMP_EQ; } | "!=" { $$ = CMP_NE; } | "<" { $$ = CMP_LT; } | "<=" { $$ = CMP_LE; } | ">" { $$ = CMP_GT; }
  | ">=" { $$ = CMP_GE; } ;
quant: "some" { $$ = QUANT_SOME; } | "every" { $$ = QUANT_EVERY; } | "no" { $$ = QUANT_NO; } ;
mods_q: %empty                          { $$ = 0; }
  | mods_q modq                         { $$ = $1 + $2; } ;
modq: modvar ref                        { $$ = NODE(MOD, @$, $1, 0, $2); } ;
noun: term
  | ref "where" "(" cond ")"            { $$ = NODE(NOUN, @$, 0, 0, $1 + $4); } ;
term: ref
  | STRING                              { $$ = TEXT(STRING, @1, $1); }
  | NUM                                 { $$ = LEAF(NUM, @1, 0); }
  | DATE                                { $$ = LEAF(DATE, @1, tokens_date(p, @1)); } ;

/* Policies and rule tests */
pitems: %empty                          { $$ = 0; }
  | pitems pitem                        { $$ = $1 + $2; }
  | pitems SEMI                         { $$ = $1; }
  | pitems error SEMI                   { $$ = $1; yyerrok; } ;
pitem: "never" pattern where_opt SEMI   { $$ = NODE(NEVER, RANGE(@1, @3), 0, 0, $2 + $3); }
  | prop ;
/* Risk policies: properties and tables */
rpitems: %empty                         { $$ = 0; }
  | rpitems rpitem                      { $$ = $1 + $2; }
  | rpitems SEMI                        { $$ = $1; }
  | rpitems error SEMI                  { $$ = $1; yyerrok; } ;
rpitem: NAME "{" cells "}" SEMI         { $$ = NODE(TABLE, RANGE(@1, @4), $1, 0, $3); }
  | prop ;
cells: %empty                           { $$ = 0; }
  | cells prop                          { $$ = $1 + $2; }
  | cells SEMI                          { $$ = $1; }
  | cells error SEMI                    { $$ = $1; yyerrok; } ;
titems: %empty                          { $$ = 0; }
  | titems titem                        { $$ = $1 + $2; }
  | titems SEMI                         { $$ = $1; }
  | titems error SEMI                   { $$ = $1; yyerrok; } ;
titem: "given" body                     { $$ = NODE(GIVEN, @$, 0, 0, $2); }
  | exp
  | "with" assigns "{" exps "}" SEMI    { $$ = NODE(WITH, RANGE(@1, @5), 0, 0, $2 + $4); }
  | prop ;
assigns: assign | assigns "," assign    { $$ = $1 + $3; } ;
assign: ref ":" value                   { $$ = NODE(ASSIGN, @$, 0, 0, $1 + $3); } ;
exps: %empty                            { $$ = 0; }
  | exps exp                            { $$ = $1 + $2; }
  | exps SEMI                           { $$ = $1; } ;
exp: "expect" ref found SEMI            { $$ = NODE(EXPECT, RANGE(@1, @3), 0, 0, $2 + $3); }
  | "expect" "no" ref at_opt SEMI       { $$ = NODE(EXPECT, RANGE(@1, @4), 0, NF_NOT, $3 + $4); }
  | "expect" NAME ref found SEMI        { $$ = NODE(EXPECT, RANGE(@1, @4), $2, 0, $3 + $4); }
  | "expect" "mitigated" ref found SEMI { $$ = NODE(EXPECT, RANGE(@1, @4), $2, 0, $3 + $4); } ;
found: at_opt
  | "at" subjects NAME scalar           { $$ = $2 + NODE(PROP, RANGE(@3, @4), $3, 0, $4); } ;
at_opt: %empty                          { $$ = 0; }
  | "at" subjects                       { $$ = $2; } ;
%%
static void cordon_error(const Range *at, struct Tokens *p, const char *message)
{
    (void)message; /* bison calls this only when its stack would grow too deep */
    tokens_too_deep(p, *at);
}

/* Bison's own description of what was read and what could have stood there, handed to tokens.c to be worded. */
static int yyreport_syntax_error(const yypcontext_t *context, struct Tokens *p)
{
    enum { MOST = 6 };
    yysymbol_kind_t expected[MOST];
    int n = yypcontext_expected_tokens(context, expected, MOST);
    int kinds[MOST];
    for (int i = 0; i < n; i++)
        kinds[i] = expected[i];
    tokens_unexpected(p, *yypcontext_location(context), yypcontext_token(context), kinds, n);
    return 0;
}

const char *cordon_token_name(int token)
{
    return token >= 0 && token < YYNTOKENS ? yysymbol_name((yysymbol_kind_t)token) : NULL;
}

/* The grammar of the language. Actions build nodes and nothing else: they look nothing up and depend on no other file.
 * Children stand in the order that compiler/syntax/ast.def gives. Words in quotes are keywords only where they stand here. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {cordon_}
%define api.token.prefix {T_}
%define api.token.raw
%define api.value.type union
%define api.location.type {Span}
%define parse.error custom
%define parse.lac full
%locations
%param {struct Tokens *p}

%code requires {
#include "syntax/ast.h"
struct Tokens;
/* A chain of sibling nodes under construction. */
typedef struct Chain { NodeId first, last; } Chain;
}
%code {
#include "syntax/build.h"
#include "syntax/tokens.h"
#define YYLLOC_DEFAULT(now, rhs, n) \
    ((now) = (n) == 0 ? (Span){(rhs)[0].hi, (rhs)[0].hi, (rhs)[0].file} \
             : (n) == 1 ? (rhs)[1] : (Span){(rhs)[1].lo, (rhs)[n].hi, (rhs)[1].file})
#define NODE_OF(kind, at, val, flags, ...) build_node(p, N_##kind, at, val, flags, (Chain[]){__VA_ARGS__, {0, 0}}, \
    sizeof((Chain[]){__VA_ARGS__, {0, 0}}) / sizeof(Chain))
#define LEAF(kind, at, val, flags) build_node(p, N_##kind, at, val, flags, NULL, 0)
static void cordon_error(const Span *at, struct Tokens *p, const char *message);
}

/* Tokens with a shape of their own; those that open, close and end things come first, the token filter relies on it. */
%token SEMI "end of line" LBRACE "{" RBRACE "}" LBRACKET "[" RBRACKET "]" LPAREN "(" RPAREN ")"
%token <Sym> NAME "name" QNAME "dotted name"
%token NUM "number" DATE "date" STRING "text in quotes" DOCSTR "text block" PERSON "person" HASHID "id"
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

%nterm <Chain> file stmts stmt import_names names name_list enum_values enum_value ladder title_opt hash_opt was_opt ends_opt
%nterm <Chain> kitems kitem property type dflt_opt provides_opt caps params_opt params param body body_opt items item
%nterm <Chain> use prop value list_opt list scalar ref refs view_of ritems ritem pattern mods mod tv mits mit vars where_opt
%nterm <Chain> cond conj neg rel mods_q modq noun term pitems pitem titems titem assigns assign exps exp found at_opt subjects
%nterm <Chain> decl kindref text_opt rpitems rpitem cells
%nterm <Sym> name soft
%nterm <unsigned> arrow opt_mark cmp verb quant modvar

%%
file: stmts                             { tokens_root(p, NODE_OF(FILE, @$, 0, 0, $1)); } ;
stmts: %empty                           { $$ = (Chain){0, 0}; }
  | stmts stmt                          { $$ = build_join(p, $1, $2); }
  | stmts SEMI                          { $$ = $1; }
  | stmts error SEMI                    { $$ = $1; yyerrok; } ;
stmt: "import" ref SEMI                 { $$ = NODE_OF(IMPORT, @2, 0, 0, $2); }
  | "import" ref "as" name SEMI         { $$ = NODE_OF(IMPORT, span_join(@2, @4), $4, 0, $2); }
  | "import" ref "{" import_names semi_opt "}" SEMI { $$ = NODE_OF(IMPORT, span_join(@2, @6), 0, 0, $2, $4); }
  | "enum" name "{" enum_values semi_opt "}" SEMI { $$ = NODE_OF(ENUM, span_join(@1, @6), $2, 0, $4); }
  | "scale" name "{" ladder semi_opt "}" SEMI { $$ = NODE_OF(SCALE, span_join(@1, @6), $2, 0, $4); }
  | "kind" name ":" ref title_opt SEMI  { $$ = NODE_OF(KIND, span_join(@1, @5), $2, 0, $4, $5); }
  | "kind" name ":" ref title_opt "{" kitems "}" SEMI { $$ = NODE_OF(KIND, span_join(@1, @8), $2, NF_HAS_BODY, $4, $5, $7); }
  | "template" name "(" params_opt ")" body { $$ = NODE_OF(TEMPLATE, @$, $2, 0, $4, $6); }
  | use
  | "extend" ref body                   { $$ = NODE_OF(EXTEND, @$, 0, 0, $2, $3); }
  | "view" name view_of title_opt body  { $$ = NODE_OF(VIEW, @$, $2, 0, $3, $4, $5); }
  | "rule" name title_opt "{" ritems "}" SEMI { $$ = NODE_OF(RULE, span_join(@1, @6), $2, 0, $3, $5); }
  | "policy" name title_opt "{" pitems "}" SEMI { $$ = NODE_OF(POLICY, span_join(@1, @6), $2, 0, $3, $5); }
  | "test" name title_opt "{" titems "}" SEMI { $$ = NODE_OF(TEST, span_join(@1, @6), $2, 0, $3, $5); }
  | "decision" HASHID ref ref at_opt body
      { $$ = NODE_OF(DECISION, @$, 0, 0, LEAF(HASHID, @2, tokens_hash(p, @2), 0), $3, $4, $5, $6); }
  | "decision" NAME ref ref at_opt body { $$ = NODE_OF(DECISION, @$, $2, 0, $3, $4, $5, $6); }
  | "estimate" ref "at" subjects body   { $$ = NODE_OF(ESTIMATE, @$, 0, 0, $2, $4, $5); }
  | "estimate" HASHID ref "at" subjects body
      { $$ = NODE_OF(ESTIMATE, @$, 0, 0, LEAF(HASHID, @2, tokens_hash(p, @2), 0), $3, $5, $6); }
  | "estimate" NAME ref "at" subjects body { $$ = NODE_OF(ESTIMATE, @$, $2, 0, $3, $5, $6); }
  | "risk_policy" name title_opt hash_opt "{" rpitems "}" SEMI
      { $$ = NODE_OF(RISK_POLICY, span_join(@1, @7), $2, 0, $3, $4, $6); }
  | decl ;
subjects: ref                           { $$ = NODE_OF(AT, @1, 0, 0, $1); }
  | subjects "," ref                    { $$ = build_join(p, $1, NODE_OF(AT, @3, 0, 0, $3)); } ;
semi_opt: %empty | SEMI ;

import_names: name_list ;
name_list: names | names ","            { $$ = $1; } ;
names: name                             { $$ = LEAF(NAME, @1, $1, 0); }
  | names "," name                      { $$ = build_join(p, $1, LEAF(NAME, @3, $3, 0)); } ;
enum_values: enum_value
  | enum_values "," enum_value          { $$ = build_join(p, $1, $3); }
  | enum_values ","                     { $$ = $1; } ;
enum_value: name text_opt               { $$ = NODE_OF(ENUM_VALUE, @$, $1, 0, $2); } ;
ladder: enum_value
  | ladder "<" enum_value               { $$ = build_join(p, $1, $3); } ;
text_opt: %empty                        { $$ = (Chain){0, 0}; }
  | STRING                              { $$ = LEAF(STRING, @1, 0, 0); } ;
title_opt: %empty                       { $$ = (Chain){0, 0}; }
  | STRING                              { $$ = LEAF(TITLE, @1, 0, 0); } ;
hash_opt: %empty                        { $$ = (Chain){0, 0}; }
  | HASHID                              { $$ = LEAF(HASHID, @1, tokens_hash(p, @1), 0); } ;
was_opt: %empty                         { $$ = (Chain){0, 0}; }
  | "was" ref                           { $$ = NODE_OF(WAS, @2, 0, 0, $2); } ;
ends_opt: %empty                        { $$ = (Chain){0, 0}; }
  | ":" ref arrow ref                   { $$ = NODE_OF(ENDS, span_join(@2, @4), 0, $3, $2, $4); } ;
arrow: "->" { $$ = 0; } | "<->"         { $$ = NF_TWO_WAY; } ;

/* Kinds */
kitems: %empty                          { $$ = (Chain){0, 0}; }
  | kitems kitem                        { $$ = build_join(p, $1, $2); }
  | kitems SEMI                         { $$ = $1; }
  | kitems error SEMI                   { $$ = $1; yyerrok; } ;
kitem: property | prop ;
property: "property" NAME ":" type dflt_opt title_opt provides_opt SEMI
      { $$ = NODE_OF(PROPERTY, span_join(@1, @7), $2, 0, $4, $5, $6, $7); } ;
type: ref opt_mark                      { $$ = NODE_OF(TYPE, @$, 0, $2, $1); }
  | "[" ref "]" opt_mark                { $$ = NODE_OF(TYPE, @$, 0, NF_SET | $4, $2); } ;
opt_mark: %empty { $$ = 0; } | "?"      { $$ = NF_OPTIONAL; } ;
dflt_opt: %empty                        { $$ = (Chain){0, 0}; }
  | "=" value                           { $$ = $2; } ;
provides_opt: %empty                    { $$ = (Chain){0, 0}; }
  | "provides" caps                     { $$ = NODE_OF(PROVIDES, @2, 0, 0, $2); } ;
caps: ref | caps "," ref                { $$ = build_join(p, $1, $3); } ;

/* Models */
params_opt: %empty { $$ = (Chain){0, 0}; } | params | params "," { $$ = $1; } ;
params: param | params "," param        { $$ = build_join(p, $1, $3); } ;
param: name ":" type                    { $$ = NODE_OF(PARAM, @$, $1, 0, $3); } ;
use: "use" ref "as" name title_opt body_opt { $$ = NODE_OF(USE, @$, $4, 0, $2, $5, $6); } ;
decl: kindref name title_opt hash_opt was_opt ends_opt body_opt
      { $$ = NODE_OF(DECL, @$, $2, 0, $1, $3, $4, $5, $6, $7); } ;
body_opt: body | SEMI                   { $$ = (Chain){0, 0}; } ;
body: "{" items "}" SEMI                { $$ = NODE_OF(BODY, span_join(@1, @3), 0, 0, $2); } ;
items: %empty                           { $$ = (Chain){0, 0}; }
  | items item                          { $$ = build_join(p, $1, $2); }
  | items SEMI                          { $$ = $1; }
  | items error SEMI                    { $$ = $1; yyerrok; } ;
item: prop | decl | use ;
prop: NAME ":" scalar SEMI              { $$ = NODE_OF(PROP, span_join(@1, @3), $1, 0, $3); }
  | NAME ":" "[" list_opt "]" SEMI
      { $$ = NODE_OF(PROP, span_join(@1, @5), $1, 0, NODE_OF(LIST, span_join(@3, @5), 0, 0, $4)); } ;
value: scalar
  | "[" list_opt "]"                    { $$ = NODE_OF(LIST, @$, 0, 0, $2); } ;
list_opt: %empty { $$ = (Chain){0, 0}; } | list | list "," { $$ = $1; } ;
list: scalar | list "," scalar          { $$ = build_join(p, $1, $3); } ;
scalar: STRING                          { $$ = LEAF(STRING, @1, 0, 0); }
  | DOCSTR                              { $$ = LEAF(DOCSTR, @1, 0, 0); }
  | NUM                                 { $$ = LEAF(NUM, @1, 0, 0); }
  | NUM NAME                            { $$ = LEAF(NUM, @1, $2, 0); }
  | DATE                                { $$ = LEAF(DATE, @1, tokens_date(p, @1), 0); }
  | PERSON                              { $$ = LEAF(PERSON, @1, tokens_hash(p, @1), 0); }
  | HASHID                              { $$ = LEAF(HASHID, @1, tokens_hash(p, @1), 0); }
  | ref
  | ref ".*"                            { $$ = build_flags(p, $1, NF_STAR, @$); }
  | ref ".**"                           { $$ = build_flags(p, $1, NF_STAR_STAR, @$); }
  | "*"                                 { $$ = LEAF(STAR, @1, 0, 0); } ;
/* Names. A keyword is a name wherever no keyword can stand. */
kindref: NAME                           { $$ = LEAF(QNAME, @1, $1, 0); }
  | QNAME                               { $$ = LEAF(QNAME, @1, $1, 0); } ;
ref: NAME                               { $$ = LEAF(QNAME, @1, $1, 0); }
  | soft                                { $$ = LEAF(QNAME, @1, $1, 0); }
  | QNAME                               { $$ = LEAF(QNAME, @1, $1, 0); }
  | ref "." name                        { $$ = build_dotted(p, $1, $3, @$); } ;
refs: ref | refs "," ref                { $$ = build_join(p, $1, $3); } ;
name: NAME | soft ;
soft: "import" | "enum" | "scale" | "kind" | "property" | "provides" | "template" | "use" | "extend" | "view" | "of" | "rule"
  | "policy" | "test" | "decision" | "was" | "each" | "steps" | "by" | "raise" | "never" | "given" | "expect" | "with" | "estimate"
  | "risk_policy" ;
view_of: %empty                         { $$ = (Chain){0, 0}; }
  | "of" refs                           { $$ = NODE_OF(OF, @2, 0, 0, $2); } ;

/* Rules */
ritems: %empty                          { $$ = (Chain){0, 0}; }
  | ritems ritem                        { $$ = build_join(p, $1, $2); }
  | ritems SEMI                         { $$ = $1; }
  | ritems error SEMI                   { $$ = $1; yyerrok; } ;
ritem: "for" "each" pattern SEMI        { $$ = NODE_OF(FOREACH, span_join(@1, @3), 0, 0, $3); }
  | "when" cond SEMI                    { $$ = NODE_OF(WHEN, span_join(@1, @2), 0, 0, $2); }
  | "unless" cond SEMI                  { $$ = NODE_OF(UNLESS, span_join(@1, @2), 0, 0, $2); }
  | "mitigated" "by" mits SEMI          { $$ = NODE_OF(MITIGATED, span_join(@1, @3), 0, 0, $3); }
  | "raise" NAME "to" scalar "when" cond SEMI { $$ = NODE_OF(RAISE, span_join(@1, @6), $2, 0, $4, $6); }
  | prop ;
pattern: ref NAME mods                  { $$ = NODE_OF(PATTERN, @$, $2, 0, $1, $3); } ;
mods: %empty                            { $$ = (Chain){0, 0}; }
  | mods mod                            { $$ = build_join(p, $1, $2); } ;
mod: modvar tv                          { $$ = NODE_OF(MOD, @$, $1, 0, $2); }
  | "along" "(" cond ")"                { $$ = NODE_OF(MOD, @$, MOD_ALONG, 0, $3); }
  | "avoiding" "(" cond ")"             { $$ = NODE_OF(MOD, @$, MOD_AVOIDING, 0, $3); }
  | "within" NUM "steps"                { $$ = NODE_OF(MOD, @$, MOD_WITHIN, 0, LEAF(NUM, @2, 0, 0)); } ;
modvar: "from" { $$ = MOD_FROM; } | "to" { $$ = MOD_TO; } | "in" { $$ = MOD_IN; } | "on" { $$ = MOD_ON; }
  | "inside" { $$ = MOD_INSIDE; } | "entering" { $$ = MOD_ENTERING; } | "leaving" { $$ = MOD_LEAVING; }
  | "crossing" { $$ = MOD_CROSSING; } ;
tv: NAME                                { $$ = LEAF(VAR, @1, $1, 0); }
  | QNAME                               { $$ = LEAF(VAR, @1, $1, 0); }
  | NAME ":" ref                        { $$ = NODE_OF(VAR, @$, $1, 0, $3); } ;
mits: mit | mits "and" mit              { $$ = build_join(p, $1, $3); } ;
mit: ref "on" vars where_opt            { $$ = NODE_OF(MIT, @$, 0, 0, $1, $3, $4); }
  | "(" cond ")"                        { $$ = NODE_OF(MIT, @$, 0, NF_CONDITION, $2); } ;
vars: NAME                              { $$ = LEAF(VAR, @1, $1, 0); }
  | vars "or" NAME                      { $$ = build_join(p, $1, LEAF(VAR, @3, $3, 0)); } ;
where_opt: %empty                       { $$ = (Chain){0, 0}; }
  | "where" "(" cond ")"                { $$ = $3; } ;

/* Conditions */
cond: conj | cond "or" conj             { $$ = build_chain_of(p, N_OR, @$, $1, $3); } ;
conj: neg | conj "and" neg              { $$ = build_chain_of(p, N_AND, @$, $1, $3); } ;
neg: rel | "not" neg                    { $$ = NODE_OF(NOT, @$, 0, 0, $2); } ;
rel: term cmp term                      { $$ = NODE_OF(CMP, @$, $2, 0, $1, $3); }
  | term "is" noun                      { $$ = NODE_OF(IS, @$, 0, 0, $1, $3); }
  | term "is" "not" noun                { $$ = NODE_OF(IS, @$, 0, NF_NOT, $1, $4); }
  | term "in" "[" list_opt "]"          { $$ = NODE_OF(IN, @$, 0, 0, $1, NODE_OF(LIST, span_join(@3, @5), 0, 0, $4)); }
  | term "in" ref                       { $$ = NODE_OF(IN, @$, 0, 0, $1, $3); }
  | term "inside" noun                  { $$ = NODE_OF(INSIDE, @$, 0, 0, $1, $3); }
  | term verb noun                      { $$ = NODE_OF(VERB, @$, $2, 0, $1, $3); }
  | term "has" noun                     { $$ = NODE_OF(HAS, @$, 0, 0, $1, $3); }
  | "has" noun                          { $$ = NODE_OF(HAS, @$, 0, NF_IMPLICIT, $2); }
  | "inside" noun                       { $$ = NODE_OF(INSIDE, @$, 0, NF_IMPLICIT, $2); }
  | verb noun                           { $$ = NODE_OF(VERB, @$, $1, NF_IMPLICIT, $2); }
  | quant ref mods_q                    { $$ = NODE_OF(QUANT, @$, $1, 0, $2, $3); }
  | quant ref mods_q "where" "(" cond ")" { $$ = NODE_OF(QUANT, @$, $1, 0, $2, $3, $6); }
  | term                                { $$ = $1; }
  | "(" cond ")"                        { $$ = NODE_OF(PAREN, @$, 0, 0, $2); } ;
verb: "carries" { $$ = VERB_CARRIES; } | "holds" { $$ = VERB_HOLDS; } | "crosses" { $$ = VERB_CROSSES; }
  | "enters" { $$ = VERB_ENTERS; } | "leaves" { $$ = VERB_LEAVES; } | "reaches" { $$ = VERB_REACHES; } ;
cmp: "==" { $$ = CMP_EQ; } | "!=" { $$ = CMP_NE; } | "<" { $$ = CMP_LT; } | "<=" { $$ = CMP_LE; } | ">" { $$ = CMP_GT; }
  | ">=" { $$ = CMP_GE; } ;
quant: "some" { $$ = QUANT_SOME; } | "every" { $$ = QUANT_EVERY; } | "no" { $$ = QUANT_NO; } ;
mods_q: %empty                          { $$ = (Chain){0, 0}; }
  | mods_q modq                         { $$ = build_join(p, $1, $2); } ;
modq: modvar ref                        { $$ = NODE_OF(MOD, @$, $1, 0, $2); } ;
noun: term
  | ref "where" "(" cond ")"            { $$ = NODE_OF(NOUN, @$, 0, 0, $1, $4); } ;
term: ref
  | STRING                              { $$ = LEAF(STRING, @1, 0, 0); }
  | NUM                                 { $$ = LEAF(NUM, @1, 0, 0); }
  | DATE                                { $$ = LEAF(DATE, @1, tokens_date(p, @1), 0); } ;

/* Policies and rule tests */
pitems: %empty                          { $$ = (Chain){0, 0}; }
  | pitems pitem                        { $$ = build_join(p, $1, $2); }
  | pitems SEMI                         { $$ = $1; }
  | pitems error SEMI                   { $$ = $1; yyerrok; } ;
pitem: "never" pattern where_opt SEMI   { $$ = NODE_OF(NEVER, span_join(@1, @3), 0, 0, $2, $3); }
  | prop ;
/* Risk policies: properties and tables */
rpitems: %empty                         { $$ = (Chain){0, 0}; }
  | rpitems rpitem                      { $$ = build_join(p, $1, $2); }
  | rpitems SEMI                        { $$ = $1; }
  | rpitems error SEMI                  { $$ = $1; yyerrok; } ;
rpitem: NAME "{" cells "}" SEMI         { $$ = NODE_OF(TABLE, span_join(@1, @4), $1, 0, $3); }
  | prop ;
cells: %empty                           { $$ = (Chain){0, 0}; }
  | cells prop                          { $$ = build_join(p, $1, $2); }
  | cells SEMI                          { $$ = $1; }
  | cells error SEMI                    { $$ = $1; yyerrok; } ;
titems: %empty                          { $$ = (Chain){0, 0}; }
  | titems titem                        { $$ = build_join(p, $1, $2); }
  | titems SEMI                         { $$ = $1; }
  | titems error SEMI                   { $$ = $1; yyerrok; } ;
titem: "given" body                     { $$ = NODE_OF(GIVEN, @$, 0, 0, $2); }
  | exp
  | "with" assigns "{" exps "}" SEMI    { $$ = NODE_OF(WITH, span_join(@1, @5), 0, 0, $2, $4); }
  | prop ;
assigns: assign | assigns "," assign    { $$ = build_join(p, $1, $3); } ;
assign: ref ":" value                   { $$ = NODE_OF(ASSIGN, @$, 0, 0, $1, $3); } ;
exps: %empty                            { $$ = (Chain){0, 0}; }
  | exps exp                            { $$ = build_join(p, $1, $2); }
  | exps SEMI                           { $$ = $1; } ;
exp: "expect" ref found SEMI            { $$ = NODE_OF(EXPECT, span_join(@1, @3), 0, 0, $2, $3); }
  | "expect" "no" ref at_opt SEMI       { $$ = NODE_OF(EXPECT, span_join(@1, @4), 0, NF_NOT, $3, $4); }
  | "expect" NAME ref found SEMI        { $$ = NODE_OF(EXPECT, span_join(@1, @4), $2, 0, $3, $4); }
  | "expect" "mitigated" ref found SEMI { $$ = NODE_OF(EXPECT, span_join(@1, @4), $2, 0, $3, $4); } ;
found: at_opt
  | "at" subjects NAME scalar           { $$ = build_join(p, $2, NODE_OF(PROP, span_join(@3, @4), $3, 0, $4)); } ;
at_opt: %empty                          { $$ = (Chain){0, 0}; }
  | "at" subjects                       { $$ = $2; } ;
%%
static void cordon_error(const Span *at, struct Tokens *p, const char *message)
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

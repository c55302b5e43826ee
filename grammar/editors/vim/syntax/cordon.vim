" Highlighting for Cordon models. The keywords come from the grammar (cordon_keywords.vim); strings, comments, ids and numbers are
" described here. A keyword counts only where a statement or a condition can hold one: before a colon it is a property name.
if exists('b:current_syntax')
  finish
endif

syntax case match
runtime! syntax/cordon_keywords.vim
syntax match cordonProperty /\<\h\w*\>\ze\s*:/
syntax match cordonNumber /\<\d\+\%(\.\d\+\)\?\>/
syntax match cordonDate /\<\d\{4}-\d\d-\d\d\>/
syntax match cordonId /#[A-Za-z0-9_][A-Za-z0-9_.-]*/
syntax match cordonPerson /@[[:alnum:]_][[:alnum:]_.-]*/
syntax match cordonArrow /<->\|->/
syntax keyword cordonValue true false unknown
syntax match cordonEscape /\\["\\nt]/ contained
syntax match cordonHole /{[^{}"]*}/ contained
syntax region cordonString start=/"/ skip=/\\./ end=/"/ oneline contains=cordonEscape,cordonHole,@Spell
syntax region cordonText start=/"""/ end=/"""/ contains=@Spell
syntax match cordonComment /\/\/.*$/ contains=@Spell
syntax match cordonDoc /\/\/\/.*$/ contains=@Spell
syntax sync minlines=100

highlight default link cordonKeyword Keyword
highlight default link cordonProperty Identifier
highlight default link cordonNumber Number
highlight default link cordonDate Number
highlight default link cordonId Label
highlight default link cordonPerson Special
highlight default link cordonArrow Operator
highlight default link cordonValue Boolean
highlight default link cordonEscape SpecialChar
highlight default link cordonHole SpecialChar
highlight default link cordonString String
highlight default link cordonText String
highlight default link cordonComment Comment
highlight default link cordonDoc SpecialComment

let b:current_syntax = 'cordon'

" Settings for Cordon models: comments, indentation by two, `gq` through the formatter.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,:// commentstring=//\ %s
setlocal shiftwidth=2 softtabstop=2 expandtab smartindent
setlocal suffixesadd=.cordon
let &l:makeprg = 'cordon check --format plain %'
let &l:errorformat = '%f:%l:%c: %trror[%m,%f:%l:%c: %tarning[%m,%f:%l:%c: %m'
if executable('cordon')
  let &l:equalprg = 'cordon fmt -'
endif

let b:undo_ftplugin = 'setlocal comments< commentstring< shiftwidth< softtabstop< expandtab< smartindent<'
      \ . ' suffixesadd< makeprg< errorformat< equalprg<'

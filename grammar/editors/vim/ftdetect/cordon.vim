autocmd BufRead,BufNewFile *.cordon setfiletype cordon

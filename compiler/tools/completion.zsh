#compdef cordon
# zsh completion for cordon; made by `cordon help --completion zsh`
_cordon() {
    if (( CURRENT == 2 )); then
        local -a commands=(
            'check:read models and report what is wrong and what threatens them'
            'build:write everything a review needs into a folder'
            'test:run the tests of rules'
            'fmt:bring files into the canonical layout'
            'explain:explain a diagnostic, a kind, a rule, a threat or a risk'
            'why-not:say why a rule does not find a threat at a thing'
            'rules:list the rules of the library, or those that apply to a model'
            'questions:list the unknown facts, the most decisive first'
            'diff:compare two models, or builds of them, and say what follows and why'
            'cvss:score vectors of CVSS, DREAD and CWSS'
            'import:make a module of bills of materials and known vulnerabilities'
            'version:print the version, the hash of the standard library and what is built in'
            'help:explain the program or a command'
        )
        _describe command commands
        return
    fi
    case $words[2] in
    check)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--fail-on[exit with 1 when a threat reaches LEVEL]:LEVEL:' \
            '--baseline[an earlier state]:PATH:' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--all[list threats that are closed or decided too]' \
            '--dump[print what a stage of the compiler made instead]:WHAT:(ast model plan verdicts)' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    build)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--fail-on[exit with 1 when a threat reaches LEVEL]:LEVEL:' \
            '--baseline[an earlier state]:PATH:' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--output[what to write]:PATH:_files -/' \
            '--depfile[write a make rule that names every file that was read]:FILE:_files' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    test)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--coverage[also report verdicts that a rule can come to and no test expects]' \
            '--mutate[change each rule in small ways]' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    fmt)
        _arguments \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--check[write nothing]' \
            '--diff[write nothing but what would change]' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    explain)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    why-not)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    rules)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--pack[only the rules of a pack]:PACK:' \
            '--category[only the rules of a category]:NAME:' \
            '--cwe[only the rules that name a weakness]:ID:' \
            '--capec[only the rules that name an attack pattern]:ID:' \
            '--attack[only the rules that name a technique of ATT&CK]:ID:' \
            '--clause[only the rules that serve a clause]:CLAUSE:' \
            '--closed-by[only the rules that a capability closes]:WHAT:' \
            '--list[the entries of a published list]:NAME:' \
            '--incomplete[only the rules that lack something]' \
            '--brief[packs alone]' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    questions)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    diff)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--fail-on[exit with 1 when a threat reaches LEVEL]:LEVEL:' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    cvss)
        _arguments \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    import)
        _arguments \
            '--include[look for imports in DIR too]:DIR:_files -/' \
            '--stdlib[use the standard library in DIR instead of the built-in one]:DIR:_files -/' \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--today[the date that expiry is judged by]:DATE:' \
            '--output[what to write]:PATH:_files -/' \
            '--model[the model that the module is for]:MODEL:' \
            '--searched[the documents hold all that a search for vulnerabilities found]' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    version)
        _arguments \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    help)
        _arguments \
            '--format[the form of what is printed]:FORMAT:(human plain json sarif junit md html)' \
            '--color[when to use colour]:WHEN:(auto always never)' \
            '--quiet[print errors only]' \
            '--man[print the manual page]' \
            '--completion[print the completions for bash]:SHELL:(bash zsh fish)' \
            '--help[explain the command]' \
            '--version[print the version]' \
            '*:model:_files -g "*.cordon"' ;;
    esac
}
_cordon "$@"

# bash completion for cordon; made by `cordon help --completion bash`
_cordon()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} options
    COMPREPLY=()
    case $before in
    -I | --include) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --stdlib) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W 'human plain json sarif junit md html' -- "$word")); return ;;
    -o | --output) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --dump) COMPREPLY=($(compgen -W 'ast model plan verdicts' -- "$word")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    --completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        COMPREPLY=($(compgen -W 'check build test fmt explain why-not rules questions diff cvss import version help' -- "$word"))
        return
    fi
    case $command in
    check) options='--include --stdlib --format --fail-on --baseline --today --all --dump --color --quiet --help --version' ;;
    build) options='--include --stdlib --format --fail-on --baseline --today --output --depfile --color --quiet --help --version' ;;
    test) options='--include --stdlib --format --today --coverage --mutate --color --quiet --help --version' ;;
    fmt) options='--format --check --diff --color --quiet --help --version' ;;
    explain) options='--include --stdlib --format --today --color --quiet --help --version' ;;
    why-not) options='--include --stdlib --format --today --color --quiet --help --version' ;;
    rules) options='--include --stdlib --format --today --pack --category --cwe --capec --attack --clause --closed-by --list --incomplete --brief --color --quiet --help --version' ;;
    questions) options='--include --stdlib --format --today --color --quiet --help --version' ;;
    diff) options='--include --stdlib --format --fail-on --today --color --quiet --help --version' ;;
    cvss) options='--format --color --quiet --help --version' ;;
    import) options='--include --stdlib --format --today --output --model --searched --color --quiet --help --version' ;;
    version) options='--format --color --quiet --help --version' ;;
    help) options='--format --color --quiet --man --completion --help --version' ;;
    esac
    case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -X '!*.cordon' -- "$word") $(compgen -d -S / -- "$word")) ;;
    esac
}
complete -o filenames -F _cordon cordon

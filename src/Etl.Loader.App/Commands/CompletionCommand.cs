using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>completion</c>: the few lines by which a shell asks this executable for suggestions.</summary>
internal static class CompletionCommand
{
    /// <summary>Each passes the words before the cursor without the program's own, which may be called by any path.</summary>
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _etl_loader() {
                local line=${COMP_LINE:0:COMP_POINT} word reply
                line=${line#*[[:space:]]}
                word=${line##*[[:space:]]}
                COMPREPLY=()
                while IFS= read -r reply; do
                    [[ $reply == "$word"* ]] || continue
                    # A word is taken apart at ':', and only what follows it is replaced.
                    [[ $COMP_WORDBREAKS == *:* ]] && reply=${reply#"${word%"${word##*:}"}"}
                    COMPREPLY+=("$reply")
                done < <("$1" "[suggest:${#line}]" "$line" 2>/dev/null)
                [[ ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null
            }
            complete -o default -F _etl_loader etl-loader
            """,
        ["zsh"] = """
            #compdef etl-loader
            _etl_loader() {
                local line="${(j: :)words[2,CURRENT]}"
                local -a replies keys
                replies=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
                [[ -n "${replies[1]}" ]] || { _files; return }
                keys=("${(@M)replies:#*:}")
                replies=("${(@)replies:#*:}")
                (( ${#keys} )) && compadd -S '' -a keys
                (( ${#replies} )) && compadd -a replies
            }
            compdef _etl_loader etl-loader
            """,
        ["fish"] = """
            function __etl_loader
                set -l words (commandline -opc) (commandline -ct)
                set -l line (string join ' ' -- $words[2..-1])
                set -l replies ($words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
                if set -q replies[1]
                    printf '%s\n' $replies
                else
                    __fish_complete_path (commandline -ct)
                end
            end
            complete -c etl-loader -f -a '(__etl_loader)'
            """,
    };

    public static Command Build(Surroundings surroundings)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new Command("completion", "Print a script that lets the shell complete verbs, options, load ids, lanes, inboxes, targets and filters.") { shell };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(shell);
            surroundings.Out.WriteLine(Scripts.TryGetValue(name, out var script)
                ? script
                : throw new LoaderException($"There is no completion for '{name}'; expected bash, zsh or fish."));
            return ExitCodes.Done;
        });
        return command;
    }
}

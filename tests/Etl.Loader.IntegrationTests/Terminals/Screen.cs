using System.Globalization;
using System.Text;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>What a person sees.</summary>
/// <param name="Lines">Without trailing blanks; what scrolled away comes first.</param>
/// <param name="Colours">Whether anything was ever drawn in a colour.</param>
/// <param name="CursorShown">Whether the cursor is to be seen.</param>
internal sealed record ScreenView(IReadOnlyList<string> Lines, bool Colours, bool CursorShown)
{
    public string Text => string.Join('\n', Lines);
}

/// <summary>
/// As much of a VT100 as programs here use: text that wraps at the last column, line breaks, the cursor's moves, erasing, colours, which are only
/// noted, and the cursor's visibility. A sequence that it does not know fails the test, so that no screen is right by luck.
/// </summary>
internal sealed class Screen(int columns, int rows)
{
    private const char Escape = '\u001b';

    private readonly List<char[]> _lines = [Blank(columns)];
    private readonly StringBuilder _sequence = new();
    private int _row;
    private int _column;
    private int _top;
    private bool _colours;
    private bool _cursorShown = true;
    private bool _wraps;

    public void Write(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (_sequence.Length > 0)
            {
                Continue(c);
            }
            else if (c == Escape)
            {
                _sequence.Append(c);
            }
            else
            {
                Put(c);
            }
        }
    }

    public ScreenView View()
    {
        var lines = _lines.Select(line => new string(line).Replace("\0", "", StringComparison.Ordinal).TrimEnd()).ToList();
        while (lines is [.., ""])
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return new ScreenView(lines, _colours, _cursorShown);
    }

    private static char[] Blank(int columns) => [.. Enumerable.Repeat(' ', columns)];

    private void Put(char c)
    {
        switch (c)
        {
            case '\r':
                (_column, _wraps) = (0, false);
                break;
            case '\n':
                Down();
                break;
            case '\b':
                _column = Math.Max(0, _column - 1);
                break;
            case '\t':
                _column = Math.Min(columns - 1, (_column / 8 + 1) * 8);
                break;
            case '\a':
                break;
            default:
                if (char.IsControl(c))
                {
                    throw new InvalidOperationException($"A control character reached the terminal: U+{(int)c:X4}.");
                }

                Print(c);
                break;
        }
    }

    /// <summary>The line breaks only when a further character comes, as terminals do.</summary>
    private void Print(char c)
    {
        if (_wraps)
        {
            (_column, _wraps) = (0, false);
            Down();
        }

        _lines[_row][_column] = c;
        if (_column == columns - 1)
        {
            _wraps = true;
        }
        else
        {
            _column++;
        }
    }

    private void Down()
    {
        _row++;
        _wraps = false;
        if (_row == _lines.Count)
        {
            _lines.Add(Blank(columns));
        }

        _top = Math.Max(_top, _row - rows + 1);
    }

    private void Continue(char c)
    {
        _sequence.Append(c);
        var sequence = _sequence.ToString();
        if (sequence.Length == 2)
        {
            // Keypad modes, which the runtime sets when a program reads keys, change nothing that is seen.
            if (c is '=' or '>')
            {
                _sequence.Clear();
            }
            else if (c is not ('[' or ']' or '('))
            {
                throw Unknown(sequence);
            }
        }
        else if (sequence[1] == ']' ? c == '\a' || sequence.EndsWith("\u001b\\", StringComparison.Ordinal) : sequence[1] == '(' || c is >= '@' and <= '~')
        {
            _sequence.Clear();
            if (sequence[1] == '[')
            {
                ApplyPause(sequence[2..^1], c, sequence);
            }
        }
    }

    private void ApplyPause(string parameters, char command, string sequence)
    {
        var number = int.TryParse(parameters.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : (int?)null;
        switch (command)
        {
            case 'A':
                _row = Math.Max(_top, _row - Math.Max(1, number ?? 1));
                break;
            case 'B':
                for (var i = Math.Max(1, number ?? 1); i > 0; i--)
                {
                    Down();
                }

                break;
            case 'C':
                _column = Math.Min(columns - 1, _column + Math.Max(1, number ?? 1));
                break;
            case 'D':
                _column = Math.Max(0, _column - Math.Max(1, number ?? 1));
                break;
            case 'G':
                _column = Math.Clamp((number ?? 1) - 1, 0, columns - 1);
                break;
            case 'H' when parameters.Length == 0:
                (_row, _column) = (_top, 0);
                break;
            case 'J':
                EraseScreen(number ?? 0);
                break;
            case 'K':
                Array.Fill(_lines[_row], ' ', number is null or 0 ? _column : 0, number is null or 0 ? columns - _column : columns);
                break;
            case 'm':
                _colours |= parameters.Split(';').Any(p => int.TryParse(p, CultureInfo.InvariantCulture, out var code) && code is >= 30 and <= 38 or >= 40 and <= 48 or >= 90 and <= 107);
                break;
            case 'h' or 'l' when parameters == "?25":
                _cursorShown = command == 'h';
                break;
            case 'h' or 'l' when parameters is "?1" or "?1h" or "?2004":
                break;
            default:
                throw Unknown(sequence);
        }

        _wraps = command is 'm' or 'h' or 'l' && _wraps;
    }

    private void EraseScreen(int what)
    {
        if (what is 2 or 3)
        {
            _lines.RemoveRange(_top, _lines.Count - _top);
            _lines.AddRange(Enumerable.Range(0, _row - _top + 1).Select(_ => Blank(columns)));
            return;
        }

        Array.Fill(_lines[_row], ' ', _column, columns - _column);
        _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
    }

    private static InvalidOperationException Unknown(string sequence) =>
        new($"The terminal does not know the sequence {string.Concat(sequence.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()))}.");
}

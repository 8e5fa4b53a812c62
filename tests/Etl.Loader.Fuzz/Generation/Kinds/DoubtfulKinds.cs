namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>All kinds of doubt, with and without their evidence. Short runs make some of each, <c>infra/fuzz</c> many.</summary>
internal static class DoubtfulKinds
{
    public static IReadOnlyDictionary<string, Func<Dice, KindCase>> All { get; } = new Dictionary<string, Func<Dice, KindCase>>
    {
        ["short header"] = ShortHeaders.NameLost,
        ["short header, labels"] = ShortHeaders.Labels,
        ["rows that end in a delimiter"] = ShortHeaders.Ended,
        ["padded rows that shift"] = ShiftedRows.Make,
        ["blanks behind some delimiters"] = BlankDelimiters.Some,
        ["blanks behind all delimiters"] = BlankDelimiters.All,
        ["two levels of delimiters"] = TwoLevels.Make,
        ["marks that are no quotes"] = OddQuotes.Text,
        ["other quotes"] = OddQuotes.Enclosing,
        ["torn last row"] = TornEnds.Torn,
        ["footer"] = TornEnds.Footer,
        ["letters of another encoding"] = ForeignLetters.Any,
        ["letters of windows-1252"] = ForeignLetters.Western,
        ["end mark"] = InvisibleMarks.EndMark,
        ["joined files"] = InvisibleMarks.Joined,
        ["marks in names"] = InvisibleMarks.Names,
        ["marks in numbers"] = InvisibleMarks.Values,
        ["one line, no header"] = LonelyLines.NoHeader,
        ["one line, a row"] = LonelyLines.Row,
        ["one line, a header"] = LonelyLines.Header,
        ["sums"] = Totals.Sum,
        ["category total"] = Totals.Category,
        ["groups above the header"] = Totals.Groups,
        ["row labels"] = HeaderForms.Labels,
        ["a name lost before full rows"] = HeaderForms.NameLost,
        ["last column missing"] = HeaderForms.Missing,
        ["first column missing"] = HeaderForms.MissingBefore,
        ["titles with delimiters"] = HeaderForms.Title,
        ["short header above another"] = HeaderForms.ShortFirst,
        ["units below the header"] = HeaderForms.UnitsBelow,
        ["names below names"] = HeaderForms.NamesBelow,
        ["header twice"] = HeaderForms.Twice,
        ["lists in cells"] = CellForms.Lists,
        ["padded numbers"] = CellForms.Padded,
        ["addresses without header"] = CellForms.Addresses,
        ["words without header"] = CellForms.Words,
    };

    public static IFuzzCase Any(Dice dice) => dice.One(All.Values.ToArray())(dice);
}

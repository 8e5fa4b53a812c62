namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Whether the first record of a table without numbers names the columns: files have a header by convention only, so that something in
/// it must be unlike the rows.
/// </summary>
internal static class NameEvidence
{
    /// <summary>How likely a row of data may at most be unlike all others by chance.</summary>
    private const double Chance = 0.02;

    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "no", "nr", "key", "value", "name", "firstname", "lastname", "first name", "last name", "surname", "full name", "code", "type", "kind", "class",
        "category", "group", "status", "state", "date", "time", "timestamp", "datetime", "year", "month", "day", "from", "to", "start", "end", "city", "town",
        "country", "region", "street", "address", "zip", "postcode", "email", "e-mail", "mail", "phone", "fax", "url", "link", "website", "title", "subject",
        "text", "note", "notes", "remark", "remarks", "comment", "comments", "description", "label", "tag", "tags", "language", "currency", "price", "amount",
        "quantity", "qty", "count", "total", "unit", "user", "username", "author", "owner", "company", "product", "item", "sku", "brand", "model", "color",
        "colour", "size", "weight", "gender", "sex", "age", "department", "role", "job", "source", "file", "path", "version", "question", "answer", "message",
        "nachname", "vorname", "ort", "stadt", "land", "strasse", "straße", "plz", "datum", "betrag", "menge", "preis", "bezeichnung", "beschreibung",
        "bemerkung", "anzahl", "kunde", "firma", "artikel", "nom", "prénom", "prenom", "ville", "pays", "rue", "adresse", "prix", "quantité", "libellé",
        "nombre", "apellido", "ciudad", "país", "pais", "calle", "fecha", "precio", "cantidad", "nome", "cognome", "città", "paese", "indirizzo", "prezzo",
        "naam", "plaats", "imię", "nazwisko", "miasto", "kraj",
    };

    /// <summary>The share of the record's fields that are usual names of columns.</summary>
    public static double Known(SampleRecord record) => (double)record.Fields.Count(field => IsKnown(field.Text)) / record.Fields.Count;

    /// <returns>Positive: names; negative: a row; 0: nothing speaks for either, or both do.</returns>
    public static int Weigh(SampleRecord first, IReadOnlyList<SampleRecord> body)
    {
        if (body.Any(record => record.Fields.SequenceEqual(first.Fields)))
        {
            return 0;
        }

        int names = 0, known = 0, row = 0, words = 0, values = 0;
        var unseen = 1.0;
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column].Text.Trim();
            var cells = body.Select(record => record.Fields[column].Text).Where(text => text.Length > 0).ToList();
            if (head.Length == 0 || cells.Count == 0)
            {
                continue;
            }

            known += IsKnown(head) ? 1 : 0;
            values += cells.Count(CellEvidence.IsTyped) * 2 >= cells.Count && !CellEvidence.IsTyped(head) ? 1 : 0;
            if (cells.Contains(head))
            {
                row++;
                continue;
            }

            names += IsIdentifier(head) && !cells.Exists(IsIdentifier) ? 1 : 0;
            words += cells.Count > 2 && head.All(char.IsLetter) && cells.TrueForAll(text => text.Any(c => !char.IsLetter(c))) ? 1 : 0;
            unseen *= (cells.GroupBy(text => text).Count(group => group.Count() == 1) + 1.0) / (cells.Count + 1.0);
            if (cells.Count > 2 && Shared(cells) is { } shape && shape.AsSpan().IndexOfAnyExcept('a', ' ') >= 0)
            {
                var same = CellEvidence.Shape(head) == shape;
                names += same || head.Length > 60 ? 0 : 1;
                row += same && shape.Contains('9') ? 1 : 0;
            }
        }

        names += words > 1 ? words : 0;
        names += known * 3 >= first.Fields.Count ? known : 0;
        names += known == 0 && UsualPhrases(first, body) ? 1 : 0;
        names += NameSigns.Count(first, body);
        row += RowSigns.Count(first, body);
        names += first.Fields.Count > 1 && unseen < Chance && Distinct(first) ? 1 : 0;

        // A text over values, some of which are damaged, may be a name.
        return row > 0 && names + values > 0 ? 0 : names - row;
    }

    /// <summary><c>price</c>, <c>unit price</c>, <c>orderId</c>, <c>ORDER_ID</c>: not as persons, towns and sentences are written.</summary>
    public static bool IsWrittenAsName(string text) =>
        text.Length is > 0 and <= 60
        && (IsIdentifier(text) || (char.IsLower(text[0]) && !text.Any(char.IsUpper)) || !text.Any(c => char.IsLetter(c) && char.IsLower(c) != char.IsUpper(c)));

    /// <summary>Each name ends in a usual word, as in <c>Customer Name</c> and <c>Home Town</c>, and no value does.</summary>
    private static bool UsualPhrases(SampleRecord first, IReadOnlyList<SampleRecord> body) =>
        first.Fields.Count > 1 && Distinct(first) && first.Fields.All(field => EndsUsual(field.Text))
        && !body.Any(record => record.Fields.Any(field => EndsUsual(field.Text)));

    private static bool EndsUsual(string text)
    {
        var words = text.Trim().Split([' ', '_', '-', '.', '/'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length is > 0 and < 5 && Words.Contains(words[^1]);
    }

    public static bool IsKnown(string text) => Words.Contains(text.Trim().Replace('_', ' '));

    /// <summary><c>order_id</c>, <c>orderId</c>, <c>ORDER_ID</c>: as programs name things.</summary>
    private static bool IsIdentifier(string text)
    {
        if (text.Length > 60 || !char.IsLetter(text[0]) || text.Any(c => !char.IsLetterOrDigit(c) && c != '_'))
        {
            return false;
        }

        var joined = text.AsSpan(1, text.Length - 2 < 0 ? 0 : text.Length - 2).Contains('_');
        var humped = Enumerable.Range(1, text.Length - 1).Any(i => char.IsLower(text[i - 1]) && char.IsUpper(text[i]));
        return joined || humped;
    }

    private static string? Shared(List<string> cells)
    {
        var shape = CellEvidence.Shape(cells[0]);
        return cells.TrueForAll(text => CellEvidence.Shape(text) == shape) ? shape : null;
    }

    private static bool Distinct(SampleRecord record) =>
        record.Fields.All(field => field.Text.Length is > 0 and <= 60)
        && record.Fields.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() == record.Fields.Count;
}

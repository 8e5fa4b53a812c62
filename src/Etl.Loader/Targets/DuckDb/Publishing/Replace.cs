using System.Text.RegularExpressions;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>
/// Puts the staging table in the old table's place, with what depends on it: comments, defaults, NOT NULL, keys, unique and check constraints,
/// indexes. Dependent views find the new table by name. What cannot be kept is refused by name. In the caller's transaction.
/// </summary>
internal sealed partial class Replace(Session session, TableName table, TableName staging, string dataset)
{
    private readonly IReadOnlyList<CatalogueColumn> _old = Catalog.ColumnsOf(session, table);
    private readonly IReadOnlyList<CatalogueColumn> _new = Catalog.ColumnsOf(session, staging);
    private readonly IReadOnlyList<CatalogueConstraint> _constraints = Catalog.ConstraintsOf(session, table);
    private readonly IReadOnlyList<CatalogueIndex> _indexes = Catalog.IndexesOf(session, table);
    private readonly (string? Comment, string Ddl) _about = Catalog.CommentAndDdlOf(session, table);

    public void Run()
    {
        RefuseWhatWouldBeLost();
        session.Execute($"DROP TABLE {Identifiers.Quote(table)}");
        if (_constraints.Count == 0)
        {
            session.Execute($"ALTER TABLE {Identifiers.Quote(staging)} RENAME TO {Identifiers.Quote(table.Name)}");
            Keeping("its column settings", AlterColumns);
        }
        else
        {
            // Constraints other than NOT NULL come into being with a table only, and may name it: the rows are copied into one that has them.
            Keeping("its constraints", CopyUnderConstraints);
        }

        foreach (var index in _indexes)
        {
            Keeping($"the index {index.Name}", () => session.Execute(index.Sql));
        }

        Comment();
    }

    private void RefuseWhatWouldBeLost()
    {
        var lost = Catalog.ForeignKeysTo(session, table).Select(k => $"the foreign key of {k}")
            .Concat(_constraints.Where(c => c.Kind == "FOREIGN KEY").Select(c => $"its constraint {c.Text}"))
            .Concat(_constraints.Where(c => c.Columns.Any(name => _new.All(n => n.Name != name)))
                .Select(c => $"its constraint {c.Text}, which needs columns that the dataset does not have"))
            .ToList();
        var ddl = QuotedText().Replace(_about.Ddl, "''");
        if (ddl.Contains(" GENERATED ALWAYS AS(", StringComparison.Ordinal))
        {
            lost.Add("its generated columns");
        }

        if (ddl.Contains(" COLLATE ", StringComparison.Ordinal))
        {
            lost.Add($"the collation of its columns, which {_about.Ddl} declares");
        }

        if (lost.Count > 0)
        {
            throw new DatasetException(
                $"{dataset}: replacing {table} would lose {string.Join("; ", lost)}. Nothing was changed.",
                "Drop what is named, or load into another table.");
        }
    }

    private void AlterColumns()
    {
        foreach (var (column, old) in Kept())
        {
            var alter = $"ALTER TABLE {Identifiers.Quote(table)} ALTER COLUMN {Identifiers.Quote(column.Name)}";
            if (old.Default is not null)
            {
                session.Execute($"{alter} SET DEFAULT {old.Default}");
            }

            if (!old.Nullable)
            {
                session.Execute($"{alter} SET NOT NULL");
            }
        }
    }

    private void CopyUnderConstraints()
    {
        var kept = Kept().ToDictionary(k => k.New.Name, k => k.Old);
        var columns = _new.Select(n =>
        {
            var old = kept.GetValueOrDefault(n.Name);
            return $"{Identifiers.Quote(n.Name)} {n.Type}"
                + (old?.Default is { } value ? $" DEFAULT ({value})" : "")
                + (old is { Nullable: false } ? " NOT NULL" : "");
        });
        var parts = columns.Concat(_constraints.Select(c => c.Text)).Append(OwnedTables.MarkOf(session, staging)!);
        session.Execute($"CREATE TABLE {Identifiers.Quote(table)} ({string.Join(", ", parts)})");
        session.Execute($"INSERT INTO {Identifiers.Quote(table)} SELECT * FROM {Identifiers.Quote(staging)}");
        session.Execute($"DROP TABLE {Identifiers.Quote(staging)}");
    }

    private void Comment()
    {
        Say($"TABLE {Identifiers.Quote(table)}", _about.Comment);
        foreach (var (column, old) in Kept())
        {
            Say($"COLUMN {Identifiers.Quote(table)}.{Identifiers.Quote(column.Name)}", old.Comment);
        }

        foreach (var index in _indexes)
        {
            Say($"INDEX {Identifiers.Quote(table.Schema)}.{Identifiers.Quote(index.Name)}", index.Comment);
        }

        void Say(string what, string? comment)
        {
            if (comment is not null)
            {
                session.Execute($"COMMENT ON {what} IS {Identifiers.Literal(comment)}");
            }
        }
    }

    private IEnumerable<(CatalogueColumn New, CatalogueColumn Old)> Kept() =>
        _new.Join(_old, n => n.Name, o => o.Name, (n, o) => (n, o));

    private void Keeping(string what, Action work)
    {
        try
        {
            work();
        }
        catch (DuckDbStatementException exception) when (Faults.IsOfTheData(exception))
        {
            throw new DatasetException(
                $"{dataset}: {table} cannot keep {what}: {ErrorCodes.FirstLines(exception.Message)} Nothing was changed.",
                "Correct the data, or change the table, and deliver again.",
                inner: exception);
        }
    }

    /// <summary>Texts and quoted names, in which words of DuckDB's own mean nothing.</summary>
    [GeneratedRegex("""('(?:[^']|'')*')|("(?:[^"]|"")*")""", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedText();
}

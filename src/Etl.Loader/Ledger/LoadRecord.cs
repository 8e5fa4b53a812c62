namespace Etl.Loader.Ledger;

/// <summary>A load as the ledger has it.</summary>
internal sealed record LoadRecord
{
    public required LoadId Id { get; init; }
    public required LoadSpec Spec { get; init; }
    public required LoadStatus Status { get; init; }
    public required LoadStage Stage { get; init; }

    /// <summary>Attempts begun so far, interrupted ones included.</summary>
    public required int Attempt { get; init; }

    /// <summary>Failures that counted since the load was last (re)queued.</summary>
    public required int Failures { get; init; }

    /// <summary>The order of acceptance over the whole installation; rises, has gaps, decides which delivery is newer.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
    public long? RowsLoaded { get; init; }
    public long? RowsRejected { get; init; }
    public long BytesDone { get; init; }
    public long? BytesTotal { get; init; }
    public string? WaitsFor { get; init; }
    public string? Error { get; init; }
    public long? ErrorLine { get; init; }
    public string? Hint { get; init; }

    /// <summary>Of a failed load: whose fault it is, in a word.</summary>
    public string? Fault { get; init; }
    public string? JobId { get; init; }

    /// <summary>The survey of an earlier attempt as JSON; null when there is none or it no longer holds.</summary>
    public string? Survey { get; init; }

    /// <summary>The receipt as JSON once the load is loaded.</summary>
    public string? Receipt { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>Attempts whose process died and that count (see <c>KillLimit</c>).</summary>
    public int Kills { get; init; }

    /// <summary>Checkpoints that the load had when its kills were last looked at.</summary>
    public long KillsCheckpoints { get; init; }
}

/// <summary>The right to change a load's row: held by one attempt until a later attempt begins.</summary>
internal sealed record AttemptKey(LoadId Load, int Attempt)
{
    /// <summary>What the attempt shows; anyone who reports for it writes it along.</summary>
    public AttemptLog Log { get; } = new();

    public bool Equals(AttemptKey? other) => other is not null && (Load, Attempt) == (other.Load, other.Attempt);

    public override int GetHashCode() => HashCode.Combine(Load, Attempt);
}

/// <summary>How an attempt ended and what the load becomes by it.</summary>
internal sealed record AttemptResult
{
    public required AttemptOutcome Outcome { get; init; }
    public string? Error { get; init; }
    public long? ErrorLine { get; init; }
    public string? Hint { get; init; }

    /// <summary>For <see cref="AttemptOutcome.Failed"/>: whose fault it is, in a word; groups failed loads together with the error's text.</summary>
    public string? Fault { get; init; }

    /// <summary>For <see cref="AttemptOutcome.Retry"/>: when the next attempt is due.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public long? RowsLoaded { get; init; }
    public long? RowsRejected { get; init; }

    /// <summary>For <see cref="AttemptOutcome.Loaded"/>: the receipt as JSON, copied from the target.</summary>
    public string? Receipt { get; init; }
}

namespace Etl.Loader.App;

/// <summary>What the verb needs does not answer: ends as <see cref="ExitCodes.NotReachable"/>.</summary>
internal sealed class NotReachableException(string message, string? hint, Exception? inner = null) : LoaderException(message, hint, inner);

namespace OpsConsole.Numerics.Linear;

/// <summary>Solves symmetric positive definite systems (G. Golub, C. Van Loan, Matrix Computations, 4.2).</summary>
internal static class Cholesky
{
    /// <summary>Replaces <paramref name="right"/> by the solution; reads and overwrites the lower triangle of <paramref name="matrix"/> (row after row).</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Solve(Span<double> matrix, Span<double> right)
    {
        var size = right.Length;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i * size + j];
                for (var k = 0; k < j; k++)
                {
                    sum -= matrix[i * size + k] * matrix[j * size + k];
                }

                if (i == j && !(sum > 0))
                {
                    throw new ArithmeticException("The matrix is not positive definite.");
                }

                matrix[i * size + j] = i == j ? Math.Sqrt(sum) : sum / matrix[j * size + j];
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
            {
                right[i] -= matrix[i * size + k] * right[k];
            }

            right[i] /= matrix[i * size + i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
            {
                right[i] -= matrix[k * size + i] * right[k];
            }

            right[i] /= matrix[i * size + i];
        }
    }
}

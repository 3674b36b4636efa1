# The shop in a container: docker build -t selat . && docker run -p 8000:8000 selat
FROM python:3.13-slim
WORKDIR /shop
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.txt
COPY static static/
COPY templates templates/
COPY webapp webapp/
RUN useradd --system shop && install -d -o shop var
USER shop
ENV PORT=8000 PYTHONUNBUFFERED=1
VOLUME /shop/var
EXPOSE 8000
HEALTHCHECK CMD python -c "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=5)"
CMD ["sh", "-c", "python -m webapp migrate && exec python -m webapp serve"]
